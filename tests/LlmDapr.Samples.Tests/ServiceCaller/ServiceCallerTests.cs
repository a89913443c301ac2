using System.Net;
using System.Text;
using LlmDapr.Contracts;
using LlmDapr.Samples.ServiceCaller;
using LlmDapr.Sidecar.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Samples.Tests.ServiceCaller;

/// <summary>The sample, its sidecar, edge's sidecar and an edge of the test's own.</summary>
public sealed class ServiceCallerTests : IAsyncLifetime
{
    private RequestDelegate _edge = _ => Task.CompletedTask;
    private RunningApp _edgeApp = null!;
    private RunningApp _app = null!;
    private SidecarHost _sidecars = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(RunningApp.OnAFreePort());
        RunningApp.Quiet(builder);
        var edge = builder.Build();
        edge.MapPost("/v1/chat/completions", context => _edge(context));
        _edgeApp = await RunningApp.StartAsync(edge, Ct);
        _sidecars = await SidecarHost.StartAsync(
            [new SidecarOptions { AppId = AppIds.Edge, AppPort = _edgeApp.Address.Port }, new SidecarOptions { AppId = ServiceCallerApp.AppId }], cancellationToken: Ct);
        _app = await StartAsync(_sidecars.Instances[1].HttpPort);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _sidecars.DisposeAsync();
        await _edgeApp.DisposeAsync();
    }

    [Fact]
    public async Task Ask_PlainAnswer_PassesBothWaysWhole()
    {
        const string Asked = """{"model":"sim",  "temperature":1.50,"messages":[]}""";
        var (body, length, accept, auth) = ("", default(long?), "", "");
        _edge = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body = await reader.ReadToEndAsync(context.RequestAborted);
            (length, accept, auth) = (context.Request.ContentLength, context.Request.Headers.Accept.ToString(), context.Request.Headers.Authorization.ToString());
            await context.Response.WriteAsJsonAsync(new { choices = new[] { "yes" } }, context.RequestAborted);
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ask") { Content = new StringContent(Asked, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer mine");
        request.Headers.TransferEncodingChunked = true;
        using var answer = await _app.Http.SendAsync(request, Ct);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal("""{"choices":["yes"]}""", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal((Asked, Asked.Length, "Bearer mine"), (body, length, auth));

        // daprd takes this alone for an event stream, and then hides every error.
        Assert.NotEqual("text/event-stream", accept);
    }

    [Fact]
    public async Task Ask_StreamedAnswer_PassesEachPieceAsItComes()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _edge = async context =>
        {
            await EventsAsync(context, "data: 1\n\n");
            await goOn.Task;
            await EventsAsync(context, "data: 2\n\ndata: [DO", "NE]\n\n");
        };
        using var answer = await AskAsync();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));

        Assert.Equal("data: 1", await reader.ReadLineAsync(Ct));
        goOn.SetResult();
        Assert.Equal("\ndata: 2\n\ndata: [DONE]\n\n", await reader.ReadToEndAsync(Ct));
    }

    [Theory]
    [InlineData("data: 1\n\n")]
    [InlineData("data: 1\n\ndata: {\"error\":{}}\n\n")]
    public async Task Ask_StreamThatEndsEarly_EndsBroken(string events)
    {
        _edge = context => EventsAsync(context, events);
        using var answer = await AskAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Ask_EdgesOwnError_KeepsStatusBodyAndRetryAfter()
    {
        _edge = async context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7";
            await context.Response.WriteAsJsonAsync(new { error = "slow down" }, context.RequestAborted);
        };
        using var answer = await AskAsync();

        Assert.Equal((HttpStatusCode.TooManyRequests, "7"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
        Assert.Equal("""{"error":"slow down"}""", await answer.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task Ask_SidecarNotThere_IsUnavailable()
    {
        // Nobody listens on port 9.
        await using var alone = await StartAsync(9);
        using var answer = await AskAsync(alone);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    private static Task<RunningApp> StartAsync(int sidecarPort) =>
        RunningApp.StartAsync(ServiceCallerApp.Build(RunningApp.OnAFreePort("--DAPR_HTTP_ENDPOINT", $"http://127.0.0.1:{sidecarPort}"), RunningApp.Quiet), Ct);

    private static async Task EventsAsync(HttpContext context, params string[] pieces)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        foreach (var piece in pieces)
        {
            await context.Response.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(RunningApp? app = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ask") { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        return await (app ?? _app).Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }
}
