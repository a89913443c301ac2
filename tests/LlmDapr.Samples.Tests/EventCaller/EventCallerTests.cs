using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Samples.EventCaller;

namespace LlmDapr.Samples.Tests.EventCaller;

public sealed class EventCallerTests : IAsyncLifetime
{
    private RunningApp _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    // Nobody listens on port 9: publishing is tested with the whole system.
    public async ValueTask InitializeAsync() =>
        _app = await RunningApp.StartAsync(EventCallerApp.Build(RunningApp.OnAFreePort("--DAPR_GRPC_ENDPOINT", "http://127.0.0.1:9"), RunningApp.Quiet), Ct);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Subscribe_AskedByTheSidecar_NamesTheResultsTopic()
    {
        var subscription = Assert.Single((await JsonAsync("/dapr/subscribe"))!.AsArray())!;
        Assert.Equal((DaprComponents.PubSub, Topics.Results), (subscription["pubsubName"]!.GetValue<string>(), subscription["topic"]!.GetValue<string>()));
        Assert.Equal("results", subscription["route"]!.GetValue<string>());
    }

    [Fact]
    public async Task Results_TheSameEventThreeTimes_IsOneAnswer()
    {
        var result = Event("job-1", new LlmResult("job-1", EventCallerApp.AppId, "q-1", "succeeded", 200, Parse("""{"choices":[1.50]}""")));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("SUCCESS", await DeliverAsync(result));
        }

        await DeliverAsync(Event("job-2", new LlmResult("job-2", EventCallerApp.AppId, "q-2", "failed", 503, Parse("""{"error":{"message":"no"}}"""))));

        var answers = (await JsonAsync("/answers"))!.AsArray();
        Assert.Equal(["q-1", "q-2"], answers.Select(answer => answer!["id"]!.GetValue<string>()));
        Assert.Equal([3, 1], answers.Select(answer => answer!["deliveries"]!.GetValue<int>()));
        Assert.Equal("""{"choices":[1.50]}""", answers[0]!["body"]!.ToJsonString());
        var one = Assert.Single((await JsonAsync("/answers/q-2"))!.AsArray())!;
        Assert.Equal(("job-2", "failed", 503), (one["job_id"]!.GetValue<string>(), one["status"]!.GetValue<string>(), one["status_code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Results_OfAnotherApp_AreNotItsOwn()
    {
        Assert.Equal("SUCCESS", await DeliverAsync(Event("job-1", new LlmResult("job-1", "somebody", "q-1", "succeeded", 200, null))));

        Assert.Empty((await JsonAsync("/answers"))!.AsArray());
        using var missing = await _app.Http.GetAsync(new Uri("/answers/q-1", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("null")]
    [InlineData("""{"data":{"job_id":"j","request_source":"event-caller","request_id":"q","status":"succeeded"}}""")]
    [InlineData("""{"id":"","data":{"job_id":"j","request_source":"event-caller","request_id":"q","status":"succeeded"}}""")]
    [InlineData("""{"id":"j"}""")]
    [InlineData("""{"id":"j","data":"text"}""")]
    [InlineData("""{"id":"j","data":{"request_source":"event-caller"}}""")]
    public async Task Results_NotAResult_AreDroppedAndNotAskedForAgain(string body)
    {
        Assert.Equal("DROP", await DeliverAsync(body));
        Assert.Empty((await JsonAsync("/answers"))!.AsArray());
    }

    [Fact]
    public async Task Ask_SidecarNotThere_SaysThatTheIdMayBeUsedAgain()
    {
        using var answer = await AskAsync("/ask?id=mine");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("mine", JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["id"]!.GetValue<string>());
    }

    private async Task<HttpResponseMessage> AskAsync(string path)
    {
        using var body = new StringContent("""{"model":"sim","messages":[{"role":"user","content":"Hello"}]}""", Encoding.UTF8, "application/json");
        return await _app.Http.PostAsync(new Uri(path, UriKind.Relative), body, Ct);
    }

    private async Task<string> DeliverAsync(string body)
    {
        // As daprd delivers.
        using var content = new StringContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") } };
        using var answer = await _app.Http.PostAsync(new Uri("/results", UriKind.Relative), content, Ct);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Ct))!["status"]!.GetValue<string>();
    }

    private async Task<JsonNode?> JsonAsync(string path) => JsonNode.Parse(await _app.Http.GetStringAsync(new Uri(path, UriKind.Relative), Ct));

    private static string Event(string id, LlmResult data) =>
        $$"""{"specversion":"1.0","id":"{{id}}","type":"{{LlmResult.EventType}}","source":"generation","topic":"{{Topics.Results}}","data":{{JsonSerializer.Serialize(data, EventsJsonContext.Default.LlmResult)}}}""";

    private static JsonElement Parse(string json) => JsonElement.Parse(json);
}
