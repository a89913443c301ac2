using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>An app with subscriptions. It notes each event as it comes; the test's handler says what it is answered with.</summary>
internal sealed class SubscriberApp : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly Channel<Arrival> _arrivals = Channel.CreateUnbounded<Arrival>();
    private readonly ConcurrentQueue<Arrival> _all = new();

    private SubscriberApp(WebApplication web) => _web = web;

    /// <summary>One event as it came.</summary>
    internal sealed record Arrival(string Path, string Data, string Body);

    /// <summary>Its port.</summary>
    public int Port { get; private set; }

    /// <summary>What <c>/healthz</c> answers.</summary>
    public int Health { get; set; } = 200;

    /// <summary>The data of every event that came, in order.</summary>
    public IReadOnlyList<string> All => [.. _all.Select(arrival => arrival.Data)];

    /// <summary>Starts one.</summary>
    /// <param name="subscriptions">What <c>/dapr/subscribe</c> answers.</param>
    /// <param name="handler">Answers an event; null = 200.</param>
    public static async Task<SubscriberApp> StartAsync(string subscriptions, Func<Arrival, HttpContext, Task>? handler = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var web = builder.Build();
        var app = new SubscriberApp(web);
        web.Run(context => context.Request.Path.Value switch
        {
            "/dapr/subscribe" => context.Response.WriteAsync(subscriptions),
            "/dapr/config" => NotFound(context),
            "/healthz" => Answer(context, app.Health),
            _ => app.TakeAsync(context, handler),
        });
        await web.StartAsync(TestContext.Current.CancellationToken);
        app.Port = BindingAddress.Parse(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return app;
    }

    /// <summary>The next event.</summary>
    public ValueTask<Arrival> NextAsync() => _arrivals.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>The data of the next events.</summary>
    public async Task<List<string>> NextAsync(int count)
    {
        var data = new List<string>();
        while (data.Count < count)
        {
            data.Add((await NextAsync()).Data);
        }

        return data;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _web.StopAsync(now.Token);
        await _web.DisposeAsync();
    }

    private static Task NotFound(HttpContext context) => Answer(context, 404);

    private static Task Answer(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private async Task TakeAsync(HttpContext context, Func<Arrival, HttpContext, Task>? handler)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        using var envelope = JsonDocument.Parse(body);
        var arrival = new Arrival(context.Request.Path.Value!, envelope.RootElement.GetProperty("data").ToString(), body);
        _all.Enqueue(arrival);
        _arrivals.Writer.TryWrite(arrival);
        await (handler?.Invoke(arrival, context) ?? Task.CompletedTask);
    }
}
