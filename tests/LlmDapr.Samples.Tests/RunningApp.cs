using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

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
    public static string[] OnAFreePort(params string[] settings) => ["--urls", "http://127.0.0.1:0", .. settings];

    /// <summary>What an app says is not for a test's output.</summary>
    public static void Quiet(WebApplicationBuilder builder) => builder.Logging.ClearProviders();

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
