using System.Net;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Records;

namespace LlmDapr.Generation.Tests.Jobs;

public sealed class EventTests
{
    private static readonly string JobId = JobIds.OfEvent("event:shop", "shop", "1");

    [Fact]
    public async Task Subscriptions_AreToldAtOnce()
    {
        await using var host = await JobsHost.StartAsync();

        using var response = await host.Host.GetAsync("/dapr/subscribe");
        var told = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;

        var topics = told.EnumerateArray().Select(entry => $"{entry.GetProperty("pubsubName")} {entry.GetProperty("topic")} {entry.GetProperty("route").GetString()!.TrimStart('/')}").Order();
        Assert.Equal(["pubsub llm-jobs events/jobs", "pubsub llm-requests events/requests"], topics);
    }

    [Fact]
    public async Task Event_IsRunAndAnsweredByAnEventWithTheJobsId()
    {
        await using var host = await JobsHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync($$"""{"kind":"chat.completions","body":{{JobsHost.Chat()}}}"""));

        var ended = await host.EndAsync(JobId, "event:shop");
        Assert.Equal((JobStatus.Succeeded, JobOrigin.Event), (ended.Status, ended.Origin));
        var sent = Assert.Single(host.EventsOf(Topics.Results));
        Assert.Equal((JobId, LlmResult.EventType), (sent.Id, sent.Type));
        Assert.Equal($$$"""{"job_id":"{{{JobId}}}","request_source":"shop","request_id":"1","status":"succeeded","status_code":200,"body":{"id":"a"},"cache":"bypass"}""", sent.Data);
        Assert.Equal(JobsHost.Chat(), Assert.Single(host.Provider.Requests).Text);
    }

    [Fact]
    public async Task Event_ThatComesAgain_IsDoneOnce()
    {
        await using var host = await JobsHost.StartAsync();
        var data = $$"""{"body":{{JobsHost.Chat()}}}""";

        await host.DeliverEventAsync(data);
        await host.EndAsync(JobId, "event:shop");
        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync(data));
        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync(data, source: "other"));
        await host.EndAsync(JobIds.OfEvent("event:other", "other", "1"), "event:other");

        Assert.Equal(2, host.Provider.Requests.Count);
        Assert.Equal(2, host.EventsOf(Topics.Results).Count);
    }

    [Fact]
    public async Task Event_MayNameAnAllowedReplyTopic()
    {
        await using var host = await JobsHost.StartAsync("--Jobs:ReplyTopics:0=orders", "--Jobs:ReplyTopics:1=team-*");

        await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}},"reply_topic":"orders"}""");
        await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}},"reply_topic":"team-7"}""", id: "2");
        await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}},"reply_topic":"llm-jobs"}""", id: "3");

        await Soon.UntilAsync(() => host.EventsOf("orders").Count == 1 && host.EventsOf("team-7").Count == 1);
        var refused = Assert.Single(host.EventsOf(Topics.Results));
        Assert.Contains("reply_topic", refused.Data, StringComparison.Ordinal);
        Assert.Empty(host.EventsOf(Topics.Jobs));
    }

    [Fact]
    public async Task Event_WithoutAnId_IsDeadWithTheReason()
    {
        await using var host = await JobsHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}}}""", id: null));

        var letter = JsonDocument.Parse(Assert.Single(host.EventsOf(Topics.Dead)).Data).RootElement;
        Assert.Equal(("missing_id", "llm-requests"), (letter.GetProperty("code").GetString(), letter.GetProperty("topic").GetString()));
        Assert.Equal("shop", letter.GetProperty("event").GetProperty("source").GetString());
        Assert.Empty(host.EventsOf(Topics.Results));
        Assert.Empty(host.Provider.Requests);
    }

    [Theory]
    [InlineData("not json at all", "not_a_cloudevent")]
    [InlineData("""{"id":"\ud800","source":"shop","data":{}}""", "missing_id")]
    [InlineData("""{"id":"1","data":{}}""", "missing_source")]
    public async Task Delivery_ThatSaysNothing_IsDead(string body, string code)
    {
        await using var host = await JobsHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync("/events/requests", body));

        Assert.Contains($"\"code\":\"{code}\"", Assert.Single(host.EventsOf(Topics.Dead)).Data, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"text\"", true)]
    [InlineData(null, true)]
    [InlineData("""{"kind":"chat.completions"}""", true)]
    [InlineData("""{"kind":7,"body":{"model":"m","messages":[{"role":"user","content":"x"}]}}""", true)]
    [InlineData("""{"kind":"images","body":{"model":"m","messages":[{"role":"user","content":"x"}]}}""", false)]
    [InlineData("""{"body":{"messages":[{"role":"user","content":"x"}]}}""", false)]
    [InlineData("""{"body":{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}}""", false)]
    public async Task Event_ThatIsNotGood_IsAnsweredWithTheErrorAndDeadWhenItIsNotUnderstood(string? data, bool isDead)
    {
        await using var host = await JobsHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync(data));
        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync(data));

        // Twice delivered, it is one job; of the answers at least one has come.
        var answers = host.EventsOf(Topics.Results).Select(sent => JsonDocument.Parse(sent.Data).RootElement).ToList();
        Assert.Equal(("failed", 400, JobId), (answers[0].GetProperty("status").GetString(), answers[0].GetProperty("status_code").GetInt32(), answers[0].GetProperty("job_id").GetString()));
        Assert.Equal("invalid_request_error", answers[0].GetProperty("body").GetProperty("error").GetProperty("type").GetString());
        Assert.Single(answers);
        Assert.Equal(isDead, host.EventsOf(Topics.Dead).Count > 0);
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task Event_WhoseProviderRefuses_IsAnsweredWithItsError()
    {
        await using var host = await JobsHost.StartAsync();
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"error":{"message":"too many words","type":"invalid_request_error"}}""", 400);

        await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}}}""");
        await host.EndAsync(JobId, "event:shop");

        var sent = Assert.Single(host.EventsOf(Topics.Results));
        Assert.Contains("\"status\":\"failed\",\"status_code\":400", sent.Data, StringComparison.Ordinal);
        Assert.Contains("too many words", sent.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delivery_WithoutTheAppsToken_IsRefused()
    {
        await using var host = await JobsHost.StartAsync("--APP_API_TOKEN=secret");

        Assert.Equal(HttpStatusCode.Unauthorized, await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat()}}}"""));
        using var refused = await host.Host.GetAsync("/dapr/subscribe");
        using var told = await host.Host.GetAsync("/dapr/subscribe", ("dapr-api-token", "secret"));

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (refused.StatusCode, told.StatusCode));
    }

    [Fact]
    public async Task Delivery_WhileTheStoreIsAway_ComesAgain()
    {
        await using var host = await JobsHost.StartAsync();
        var data = $$"""{"body":{{JobsHost.Chat()}}}""";
        host.Dapr.Fault = operation => operation.Key.StartsWith($"job-{JobId}", StringComparison.Ordinal) ? LlmDapr.Jobs.Tests.Fakes.FakeFault.Down : LlmDapr.Jobs.Tests.Fakes.FakeFault.None;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.DeliverEventAsync(data));
        host.Dapr.Fault = _ => LlmDapr.Jobs.Tests.Fakes.FakeFault.None;
        Assert.Equal(HttpStatusCode.OK, await host.DeliverEventAsync(data));

        await host.EndAsync(JobId, "event:shop");
        Assert.Single(host.Provider.Requests);
    }
}
