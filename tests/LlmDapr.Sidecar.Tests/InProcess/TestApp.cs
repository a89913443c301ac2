using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Sidecar.Tests.InProcess;

/// <summary>An app behind a sidecar: a Kestrel whose only handler is the test's.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _web;
    private int _requests;

    private TestApp(WebApplication web) => _web = web;

    /// <summary>Its port.</summary>
    public int Port { get; private init; }

    /// <summary>Requests that it got, sidecars' own ones left out.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<TestApp> StartAsync(RequestDelegate handler, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var web = builder.Build();
        TestApp? app = null;
        web.Run(context =>
        {
            if (context.Request.Path.StartsWithSegments("/dapr", StringComparison.Ordinal))
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref app!._requests);
            return handler(context);
        });
        await web.StartAsync(cancel);
        var address = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return app = new TestApp(web) { Port = BindingAddress.Parse(address).Port };
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
    }
}
