using Microsoft.AspNetCore.Builder;

namespace LlmDapr.Samples.Tests;

/// <summary>An app in this process, on a free port, with a client.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly WebApplication _web;

    private RunningApp(WebApplication web)
    {
        _web = web;
        Address = new Uri(web.Urls.Single());
        Http = new HttpClient { BaseAddress = Address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>The command line by which an app listens on a free port.</summary>
    public static string[] OnAFreePort(params string[] settings) => ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None", .. settings];

    public static async Task<RunningApp> StartAsync(WebApplication web, CancellationToken cancellationToken)
    {
        await web.StartAsync(cancellationToken);
        return new RunningApp(web);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
    }
}
