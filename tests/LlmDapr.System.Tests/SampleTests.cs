using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>The sample apps beside the system, as <c>dapr.samples.yaml</c> starts them.</summary>
public sealed class SampleTests
{
    private static readonly Uri Ask = new("/ask", UriKind.Relative);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Samples_ServiceCaller_GetsPlainAndStreamedAnswersThroughDapr()
    {
        const string Model = "sim?words=30&tps=200&seed=95";
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { RunFile = "src/dapr.samples.yaml" }, Ct);
        using var http = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App("service-caller").AppPort}"));

        using var plain = await http.SendAsync(Chat.Request(Chat.Body(Model, "From a sample", stream: false), Ask), Ct);
        Assert.Equal(Chat.Expected(Model, "From a sample"), (await Chat.JsonAsync(plain, Ct))["choices"]![0]!["message"]!["content"]!.GetValue<string>());

        using var streamed = await http.SendAsync(Chat.Request(Chat.Body(Model, "From a sample", stream: true), Ask), HttpCompletionOption.ResponseHeadersRead, Ct);
        var events = await Chat.EventsAsync(streamed, Ct);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(Chat.Expected(Model, "From a sample"), Chat.TextOf(events));

        using var refused = await http.SendAsync(Chat.Request("{}", Ask), Ct);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("model", (await Chat.JsonAsync(refused, Ct))["error"]!["param"]!.GetValue<string>());
        await system.BecomesIdleAsync(Ct);
    }

    [Fact]
    public async Task Samples_EventCaller_EndsWithEachOfItsResultsOnce()
    {
        const string Model = "sim?words=10&seed=96";
        const int Questions = 20;
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { RunFile = "src/dapr.samples.yaml", Scale = new Dictionary<string, int> { [AppIds.Generation] = 2 } }, Ct);
        using var http = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App("event-caller").AppPort}"));

        // Each one is asked twice, as one does who did not hear whether it got through.
        await Task.WhenAll(Enumerable.Range(0, Questions * 2).Select(async i =>
        {
            var id = (i / 2).ToString(CultureInfo.InvariantCulture);
            using var asked = await http.SendAsync(Chat.Request($$"""{"model":"{{Model}}","messages":[{"role":"user","content":"Question {{id}}"}]}""", new Uri($"/ask?id={id}", UriKind.Relative)), Ct);
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        }));
        await Eventually.TrueAsync(async () => (await AnswersAsync(http)).Count >= Questions, "every question has its answer", Ct);

        await system.BecomesIdleAsync(Ct);
        var answers = await AnswersAsync(http);
        Assert.Equal(Enumerable.Range(0, Questions), answers.Select(answer => int.Parse(answer!["id"]!.GetValue<string>(), CultureInfo.InvariantCulture)).Order());
        Assert.All(answers, answer => Assert.Equal(
            Chat.Expected(Model, $"Question {answer!["id"]!.GetValue<string>()}"), answer["body"]!["choices"]![0]!["message"]!["content"]!.GetValue<string>()));
        Assert.Equal(Questions, (await system.Simulator.OfAsync(Model, Ct)).Requests);
    }

    [Fact]
    public async Task Samples_EventCaller_ProcessesKilledInBetween_LosesNoAnswerAndListsNoneTwice()
    {
        const string Model = "sim?words=10&ttft=200ms&seed=97";
        const int Questions = 60;
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { RunFile = "src/dapr.samples.yaml", Scale = new Dictionary<string, int> { [AppIds.Generation] = 2 } }, Ct);
        using var http = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App("event-caller").AppPort}"));
        await AskAsync(http, Model, 0, Questions / 2);
        await system.RestartAsync(system.KillApp(AppIds.Generation, 2), Ct);
        await system.RestartAsync(system.KillSidecar(), Ct);
        await AskAsync(http, Model, Questions / 2, Questions / 2);
        await system.RestartAsync(system.KillApp(AppIds.Generation), Ct);

        await Eventually.TrueAsync(async () => (await AnswersAsync(http)).Count >= Questions, "every question has its answer", Ct, TimeSpan.FromSeconds(150));
        Assert.Equal(Enumerable.Range(0, Questions), (await AnswersAsync(http)).Select(answer => int.Parse(answer!["id"]!.GetValue<string>(), CultureInfo.InvariantCulture)).Order());

        // A call that was in flight when its worker was killed is paid again, and nothing else is.
        Assert.InRange((await system.Simulator.OfAsync(Model, Ct)).Requests, Questions, 2 * Questions);
    }

    /// <summary>Asks until each question has been taken.</summary>
    private static Task AskAsync(HttpClient http, string model, int first, int count) =>
        Task.WhenAll(Enumerable.Range(first, count).Select(number => Eventually.TrueAsync(
            async () =>
            {
                var id = number.ToString(CultureInfo.InvariantCulture);
                using var asked = await http.SendAsync(Chat.Request($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Question {{id}}"}]}""", new Uri($"/ask?id={id}", UriKind.Relative)), Ct);
                return asked.StatusCode == HttpStatusCode.Accepted;
            },
            "the question is published",
            Ct)));

    private static async Task<JsonArray> AnswersAsync(HttpClient http) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri("/answers", UriKind.Relative), Ct))!.AsArray();
}
