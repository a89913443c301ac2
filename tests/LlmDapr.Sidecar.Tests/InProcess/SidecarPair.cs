using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.InProcess;

/// <summary>A calling sidecar without an app, one with the test's app, and a client of the first.</summary>
internal sealed class SidecarPair : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    private SidecarPair(SidecarHost host)
    {
        Host = host;
        Client = new HttpClient(_handler) { BaseAddress = new Uri($"http://127.0.0.1:{Caller.HttpPort}"), Timeout = Timeout.InfiniteTimeSpan };
    }

    public SidecarHost Host { get; }

    public SidecarInstance Caller => Host.Instances[0];

    public SidecarInstance Callee => Host.Instances[1];

    /// <summary>Talks to the calling sidecar; <see cref="Method"/> gives targets.</summary>
    public HttpClient Client { get; }

    public static async Task<SidecarPair> StartAsync(int appPort, Func<SidecarOptions, SidecarOptions>? caller = null, Func<SidecarOptions, SidecarOptions>? callee = null)
    {
        var host = await SidecarHost.StartAsync(
            [
                (caller ?? (options => options))(new SidecarOptions { AppId = "caller" }),
                (callee ?? (options => options))(new SidecarOptions { AppId = "callee", AppPort = appPort }),
            ],
            cancellationToken: TestContext.Current.CancellationToken);
        return new SidecarPair(host);
    }

    public static string Method(string path) => $"/v1.0/invoke/callee/method/{path}";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _handler.Dispose();
        await Host.DisposeAsync();
    }
}
