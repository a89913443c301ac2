using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using LlmDapr.Contracts;
using LlmDapr.Simulator.Embeddings;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>A job over HTTP, from its acceptance to its end, through edge, state store, broker and generation.</summary>
public abstract partial class JobScenarios(JobSystem shared)
{
    private const string Wait = "50s";

    private RunningSystem System => shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Submit_Chat_EndsWithTheBytesOfAPlainAnswer()
    {
        const string Model = "sim?words=25&echo=raw&seed=801";
        var body = Chat.Body(Model, "As a job", stream: false);
        var accepted = await System.Http.SubmitJobAsync(body, Ct);

        Assert.Equal(HttpStatusCode.Accepted, accepted.Status);
        Assert.Equal($"/v1/async/{accepted.Id}", accepted.Location);
        Assert.Equal(("async.job", "/v1/chat/completions", Model), (accepted.Json.GetProperty("object").GetString(), accepted.Json.GetProperty("endpoint").GetString(), accepted.Json.GetProperty("model").GetString()));

        var ended = await System.Http.GetJobAsync(accepted.Id, Ct, Wait);
        Assert.Equal((HttpStatusCode.OK, "succeeded", 1), (ended.Status, ended.State, ended.Attempts));
        Assert.Equal(Chat.Expected(Model, "As a job"), ended.Text);
        Assert.Equal(JsonValueKind.Null, ended.Error.ValueKind);
        Assert.InRange(ended.Json.GetProperty("finished_at").GetInt64(), ended.Json.GetProperty("created_at").GetInt64(), ended.Json.GetProperty("expires_at").GetInt64());

        // A plain call's answer differs in what no two answers share; spelling and unknown members are the provider's in both.
        using var plain = await System.Http.PostAsync(body, Ct);
        Assert.Equal(WithoutItsOwn(await plain.Content.ReadAsStringAsync(Ct)), WithoutItsOwn(ended.Result));
        Assert.Contains("""{"a":1.0e0,"b":"\u00e9"}""", ended.Result, StringComparison.Ordinal);
        Assert.Equal(2, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task Submit_Embeddings_EndsWithTheVector()
    {
        var accepted = await System.Http.SubmitJobAsync("""{"model":"sim?dims=8&seed=802","input":"A vector, please"}""", Ct, path: JobCalls.Embeddings);
        Assert.Equal((HttpStatusCode.Accepted, "/v1/embeddings"), (accepted.Status, accepted.Json.GetProperty("endpoint").GetString()));

        var ended = await System.Http.GetJobAsync(accepted.Id, Ct, Wait);
        Assert.Equal("succeeded", ended.State);
        Assert.Equal(
            SimulatedEmbedding.VectorFor("A vector, please", 8),
            ended.Json.GetProperty("result").GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()));
    }

    [Fact]
    public async Task Wait_JobStillRuns_IsAnsweredWhenTheTimeIsOverOrTheJobEnds()
    {
        const string Model = "sim?words=5&fault=gate&seed=803";
        var accepted = await System.Http.SubmitJobAsync(Chat.Body(Model, "Wait", stream: false), Ct);
        await AtTheProviderAsync(Model, 1);
        var running = await System.Http.GetJobAsync(accepted.Id, Ct, "200ms");
        Assert.Equal(("running", 1, JsonValueKind.Null), (running.State, running.Attempts, running.Json.GetProperty("result").ValueKind));

        var waiting = System.Http.GetJobAsync(accepted.Id, Ct, Wait);
        await System.Simulator.ReleaseAsync(Model, Ct);
        Assert.Equal("succeeded", (await waiting).State);

        var wrong = await System.Http.GetJobAsync(accepted.Id, Ct, "2h");
        Assert.Equal((HttpStatusCode.BadRequest, "wait"), (wrong.Status, wrong.Error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task Cancel_Running_ReachesTheProviderAndStays()
    {
        const string Model = "sim?fault=hang&seed=804";
        var accepted = await System.Http.SubmitJobAsync(Chat.Body(Model, "Cancel", stream: false), Ct);
        await AtTheProviderAsync(Model, 1);

        var at = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.Equal("cancelled", (await System.Http.CancelJobAsync(accepted.Id, Ct)).State);
        await Eventually.TrueAsync(async () => (await System.Simulator.OfAsync(Model, Ct)).Cancelled == 1, "the provider's call was cancelled", Ct);
        Assert.InRange((await System.Simulator.OfAsync(Model, Ct)).LastCancelledAtMs!.Value - at, -50, 3000);

        // Also for a second order, and for good.
        Assert.Equal("cancelled", (await System.Http.CancelJobAsync(accepted.Id, Ct)).State);
        await System.BecomesIdleAsync(Ct);
        Assert.Equal("cancelled", (await System.Http.GetJobAsync(accepted.Id, Ct)).State);
        Assert.Equal(1, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task Cancel_Ended_LeavesItAsItIs()
    {
        var accepted = await System.Http.SubmitJobAsync(Chat.Body("sim?words=4&seed=805", "Too late", stream: false), Ct);
        var ended = await System.Http.GetJobAsync(accepted.Id, Ct, Wait);
        Assert.Equal("succeeded", ended.State);
        Assert.Equal(ended.Body, (await System.Http.CancelJobAsync(accepted.Id, Ct)).Body);
        Assert.Equal(ended.Body, (await System.Http.GetJobAsync(accepted.Id, Ct)).Body);
    }

    [Fact]
    public async Task IdempotencyKey_Again_IsTheSameJobAndAnotherBodyA409()
    {
        const string Model = "sim?words=6&seed=806";
        var body = Chat.Body(Model, "Once", stream: false);
        var first = await System.Http.SubmitJobAsync(body, Ct, key: "order 806");
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => System.Http.SubmitJobAsync(body, Ct, key: "order 806")));
        Assert.All(others, other => Assert.Equal((HttpStatusCode.Accepted, first.Id), (other.Status, other.Id)));
        Assert.Equal("succeeded", (await System.Http.GetJobAsync(first.Id, Ct, Wait)).State);
        Assert.Equal("succeeded", (await System.Http.SubmitJobAsync(body, Ct, key: "order 806")).State);

        var conflict = await System.Http.SubmitJobAsync(Chat.Body(Model, "Something else", stream: false), Ct, key: "order 806");
        Assert.Equal((HttpStatusCode.Conflict, "idempotency_conflict"), (conflict.Status, conflict.ErrorCode));

        // A key is its tenant's.
        var another = await System.Http.SubmitJobAsync(body, Ct, key: "order 806", bearer: "somebody");
        Assert.NotEqual(first.Id, another.Id);
        Assert.Equal("succeeded", (await System.Http.GetJobAsync(another.Id, Ct, Wait, bearer: "somebody")).State);
        await System.BecomesIdleAsync(Ct);
        Assert.Equal(2, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task Get_AnotherTenantsJob_Is404AndCannotBeCancelled()
    {
        const string Model = "sim?words=5&fault=gate&seed=807";
        var accepted = await System.Http.SubmitJobAsync(Chat.Body(Model, "Mine", stream: false), Ct, bearer: "mine");
        await AtTheProviderAsync(Model, 1);

        var seen = await System.Http.GetJobAsync(accepted.Id, Ct, bearer: "yours");
        var cancelled = await System.Http.CancelJobAsync(accepted.Id, Ct, bearer: "yours");
        Assert.Equal((HttpStatusCode.NotFound, "job_not_found"), (seen.Status, seen.ErrorCode));
        Assert.Equal((HttpStatusCode.NotFound, "job_not_found"), (cancelled.Status, cancelled.ErrorCode));
        Assert.Equal(HttpStatusCode.NotFound, (await System.Http.GetJobAsync(accepted.Id, Ct)).Status);

        await System.Simulator.ReleaseAsync(Model, Ct);
        Assert.Equal("succeeded", (await System.Http.GetJobAsync(accepted.Id, Ct, Wait, bearer: "mine")).State);
    }

    [Theory]
    [InlineData("sim?fault=context&seed=808", 400, "context_length_exceeded", 1)]
    [InlineData("sim?fault=status500&seed=809", 500, null, 2)]
    public async Task Submit_ProviderRefuses_FailsWithItsErrorAndOnlyWhatMayHealIsRepeated(string model, int status, string? code, int attempts)
    {
        var accepted = await System.Http.SubmitJobAsync(Chat.Body(model, "Fail", stream: false), Ct);
        var ended = await System.Http.GetJobAsync(accepted.Id, Ct, Wait);

        Assert.Equal(("failed", attempts), (ended.State, ended.Attempts));
        Assert.Equal((status, code), (ended.Error.GetProperty("status").GetInt32(), ended.ErrorCode));
        Assert.NotEmpty(ended.Error.GetProperty("message").GetString()!);
        Assert.Equal(JsonValueKind.Null, ended.Json.GetProperty("result").ValueKind);
    }

    [Fact]
    public async Task Submit_CannotBeDone_IsRefusedAtOnce()
    {
        var streamed = await System.Http.SubmitJobAsync(Chat.Body("sim", "No stream", stream: true), Ct);
        Assert.Equal((HttpStatusCode.BadRequest, "stream"), (streamed.Status, streamed.Error.GetProperty("param").GetString()));

        // Until edge knows which models there are, it takes a job of any: the job waits for generation's word.
        await Eventually.TrueAsync(
            async () =>
            {
                using var models = await System.Http.GetAsync(new Uri("/v1/models", UriKind.Relative), Ct);
                return models.IsSuccessStatusCode;
            },
            "edge knows the models",
            Ct);
        var unknown = await System.Http.SubmitJobAsync(Chat.Body("nobody-has-it", "Hello", stream: false), Ct);
        Assert.StartsWith("""{"error":{""", unknown.Body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "model_not_found"), (unknown.Status, unknown.ErrorCode));
    }

    /// <summary>
    /// A queued job without a message: made out of the record of one that runs, since no broker of ours loses one. Nobody runs it until its owner asks for it.
    /// </summary>
    [Fact]
    public async Task Get_QueuedJobWhoseMessageIsLost_IsPublishedAgain()
    {
        const string Model = "sim?words=5&fault=gate&seed=810";
        const string Lost = "00000000000000000000000000000810";
        var accepted = await System.Http.SubmitJobAsync(Chat.Body(Model, "Lost", stream: false), Ct);
        await AtTheProviderAsync(Model, 1);

        using var state = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{System.Report.App(AppIds.Edge).DaprHttpPort}/v1.0/state/{DaprComponents.StateStore}/"));
        var record = JsonNode.Parse(await state.GetStringAsync(new Uri($"job-{accepted.Id}", UriKind.Relative), Ct))!.AsObject();
        Assert.True(record.Remove("worker"));
        (record["id"], record["status"], record["attempts"], record["queued_at"]) = (Lost, "queued", 0, TimeProvider.System.GetUtcNow().AddHours(-1));
        using var content = new StringContent(new JsonArray(new JsonObject { ["key"] = $"job-{Lost}", ["value"] = record }).ToJsonString(), null, "application/json");
        using var saved = await state.PostAsync((Uri?)null, content, Ct);
        Assert.True(saved.IsSuccessStatusCode);

        await System.Simulator.ReleaseAsync(Model, Ct);
        Assert.Equal("succeeded", (await System.Http.GetJobAsync(accepted.Id, Ct, Wait)).State);
        Assert.Equal(1, (await System.Simulator.OfAsync(Model, Ct)).Requests);

        Assert.Equal("queued", (await System.Http.GetJobAsync(Lost, Ct)).State);
        await AtTheProviderAsync(Model, 1);
        await System.Simulator.ReleaseAsync(Model, Ct);
        var found = await System.Http.GetJobAsync(Lost, Ct, Wait);
        Assert.Equal(("succeeded", Chat.Expected(Model, "Lost")), (found.State, found.Text));
        Assert.Equal(2, (await System.Simulator.OfAsync(Model, Ct)).Requests);
    }

    private Task AtTheProviderAsync(string model, int calls) => Eventually.TrueAsync(
        async () => (await System.Simulator.OfAsync(model, Ct)).InFlight == calls, $"{calls} calls are at the provider", Ct, TimeSpan.FromSeconds(40));

    private static string WithoutItsOwn(string answer) => ItsOwn().Replace(answer, "");

    [GeneratedRegex(@"^\{""id"":""chatcmpl-\w+"",|""created"":\d+,")]
    private static partial Regex ItsOwn();
}
