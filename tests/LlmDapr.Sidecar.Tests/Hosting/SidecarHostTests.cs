using System.Net;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Tests.InProcess;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Sidecar.Tests.Hosting;

public sealed class SidecarHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_PortThatIsTaken_SaysSoAndNothingRuns()
    {
        await using var first = await SidecarHost.StartAsync([new SidecarOptions { AppId = "a" }], cancellationToken: Cancel);
        var taken = first.Instances[0].HttpPort;

        var error = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "b", HttpPort = taken }], cancellationToken: Cancel));

        Assert.Contains($"127.0.0.1:{taken}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--dapr-http-port", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_MissingConfiguration_SaysWhichFlagToCorrect()
    {
        var error = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "a", ConfigFile = "/none.yaml" }], cancellationToken: Cancel));

        Assert.Contains("/none.yaml does not exist; correct --config", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_BadListenAddress_SaysSo()
    {
        var error = await Assert.ThrowsAsync<StartException>(() => SidecarHost.StartAsync([new SidecarOptions { AppId = "a", ListenAddresses = ["nowhere"] }], cancellationToken: Cancel));

        Assert.Contains("'nowhere', which is no IP address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BeginShutdown_WithAStreamOfAnotherSidecar_LetsItEndAndRefusesNewCalls()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                await context.Response.WriteAsync("a", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await goOn.Task;
                await context.Response.WriteAsync("b", context.RequestAborted);
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);
        using var stream = await pair.Client.GetAsync(SidecarPair.Method("x"), HttpCompletionOption.ResponseHeadersRead, Cancel);

        pair.Callee.BeginShutdown();
        using var chunked = new HttpRequestMessage(HttpMethod.Post, SidecarPair.Method("x")) { Content = new StringContent("x") };
        chunked.Headers.TransferEncodingChunked = true;
        using var refused = await pair.Client.SendAsync(chunked, Cancel);
        goOn.SetResult();

        Assert.Equal("ab", await stream.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(HttpStatusCode.InternalServerError, refused.StatusCode);
        Assert.Contains("code = Unavailable desc = connection error", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, app.Requests);
    }

    [Fact]
    public async Task ShutdownAsync_NothingInFlight_EndsAllSidecarsCleanly()
    {
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "a" }, new SidecarOptions { AppId = "b" }], cancellationToken: Cancel);

        Assert.True(await host.ShutdownAsync().WaitAsync(Cancel));
    }

    [Fact]
    public async Task Metrics_WhileACallIsInFlight_ShowIt()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async _ =>
            {
                arrived.SetResult();
                await goOn.Task;
            },
            Cancel);
        await using var pair = await SidecarPair.StartAsync(app.Port);
        var call = pair.Client.GetAsync(SidecarPair.Method("x"), Cancel);
        await arrived.Task.WaitAsync(Cancel);

        var page = await pair.Client.GetStringAsync($"http://127.0.0.1:{pair.Caller.MetricsPort}/metrics", Cancel);
        goOn.SetResult();
        (await call).Dispose();

        Assert.Contains("\nllmdapr_in_flight{app_id=\"caller\"} 1\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grpc_RpcThatIsNotServed_IsUnimplemented()
    {
        await using var host = await SidecarHost.StartAsync([new SidecarOptions { AppId = "a" }], cancellationToken: Cancel);
        using var handler = new SocketsHttpHandler();
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{host.Instances[0].GrpcPort}/dapr.proto.runtime.v1.Dapr/GetSecret")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };

        using var answer = await client.SendAsync(request, Cancel);

        Assert.Equal("12", Assert.Single(answer.Headers.GetValues("grpc-status")));
        Assert.Contains("not served by the development sidecar", Assert.Single(answer.Headers.GetValues("grpc-message")), StringComparison.Ordinal);
    }
}
