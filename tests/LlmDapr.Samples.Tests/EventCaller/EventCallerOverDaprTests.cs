using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Samples.EventCaller;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Samples.Tests.EventCaller;

/// <summary>The sample with its sidecar, the repository's own components, and a worker of the test's own in generation's place.</summary>
public sealed class EventCallerOverDaprTests : IAsyncLifetime
{
    private readonly Channel<JsonNode> _requests = Channel.CreateUnbounded<JsonNode>();
    private RunningApp _app = null!;
    private RunningApp _worker = null!;
    private SidecarHost _sidecars = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var grpc = FreePorts.Take(1)[0];
        var grpcText = grpc.ToString(CultureInfo.InvariantCulture);
        _app = await RunningApp.StartAsync(EventCallerApp.Build(RunningApp.OnAFreePort("--DAPR_GRPC_ENDPOINT", $"http://127.0.0.1:{grpcText}"), RunningApp.Quiet), Ct);
        _worker = await RunningApp.StartAsync(Worker(), Ct);
        string[] components = [Path.Combine(Programs.Root, "components")];
        _sidecars = await SidecarHost.StartAsync(
            [
                new SidecarOptions { AppId = EventCallerApp.AppId, AppPort = _app.Address.Port, GrpcPort = grpc, ResourcesPaths = components },
                new SidecarOptions { AppId = AppIds.Generation, AppPort = _worker.Address.Port, ResourcesPaths = components },
            ],
            cancellationToken: Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _sidecars.DisposeAsync();
        await _app.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task Ask_Request_ReachesTheWorkerAsAnEventOfTheCallersOwnId()
    {
        Assert.Equal(HttpStatusCode.Accepted, await AskAsync("/ask?id=mine&kind=embeddings", """{"model":"sim","input":"x","more":1.50}"""));

        var request = await _requests.Reader.ReadAsync(Ct);
        Assert.Equal(
            ("mine", EventCallerApp.AppId, "llmdapr.request.v1", "1.0"),
            (Text(request, "id"), Text(request, "source"), Text(request, "type"), Text(request, "specversion")));

        // The envelope sorts members, and keeps how numbers are written.
        Assert.Equal("""{"body":{"input":"x","model":"sim","more":1.50},"kind":"embeddings"}""", request["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Ask_ResultThatComesTwice_IsListedOnce()
    {
        await AskAsync("/ask?id=q-1", """{"model":"sim","messages":[]}""");
        await _requests.Reader.ReadAsync(Ct);
        var result = JsonSerializer.Serialize(new LlmResult("job-1", EventCallerApp.AppId, "q-1", "succeeded", 200, JsonElement.Parse("""{"choices":[]}""")), EventsJsonContext.Default.LlmResult);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(HttpStatusCode.NoContent, await PublishAsync(_sidecars.Instances[1], Topics.Results, "job-1", result));
        }

        await Eventually.TrueAsync(async () => (await AnswersAsync()) is [{ } only] && only["deliveries"]!.GetValue<int>() == 2, "both deliveries are there as one answer", Ct);
        Assert.Equal(("q-1", "succeeded"), (Text((await AnswersAsync())[0]!, "id"), Text((await AnswersAsync())[0]!, "status")));
    }

    [Theory]
    [InlineData(Topics.Results)]
    [InlineData(Topics.Jobs)]
    [InlineData(Topics.Dead)]
    public async Task Publish_TopicThatIsNotForCallers_IsForbidden(string topic) =>
        Assert.Equal(HttpStatusCode.Forbidden, await PublishAsync(_sidecars.Instances[0], topic, "forged", "{}"));

    private async Task<HttpStatusCode> AskAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _app.Http.PostAsync(new Uri(path, UriKind.Relative), content, Ct);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> PublishAsync(SidecarInstance sidecar, string topic, string id, string data)
    {
        using var content = new StringContent(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await _app.Http.PostAsync(
            new Uri($"http://127.0.0.1:{sidecar.HttpPort}/v1.0/publish/{DaprComponents.PubSub}/{topic}?metadata.cloudevent.id={id}"), content, Ct);
        return answer.StatusCode;
    }

    private async Task<IReadOnlyList<JsonNode?>> AnswersAsync() => [.. JsonNode.Parse(await _app.Http.GetStringAsync(new Uri("/answers", UriKind.Relative), Ct))!.AsArray()];

    private WebApplication Worker()
    {
        var builder = WebApplication.CreateSlimBuilder(RunningApp.OnAFreePort());
        RunningApp.Quiet(builder);
        var web = builder.Build();
        web.MapGet("/dapr/subscribe", () => Results.Text($$"""[{"pubsubname":"{{DaprComponents.PubSub}}","topic":"{{Topics.Requests}}","route":"/requests"}]""", "application/json"));
        web.MapPost("/requests", async (HttpRequest request) => await _requests.Writer.WriteAsync((await JsonNode.ParseAsync(request.Body, cancellationToken: Ct))!, Ct));
        return web;
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
