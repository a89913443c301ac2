using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Generation.Tests.Hosting;

/// <summary>A provider on loopback that does what the test says, and keeps what has reached it.</summary>
internal sealed class ScriptedProvider : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _callerLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _arrived = new(0);

    private ScriptedProvider(WebApplication app) => _app = app;

    /// <summary>What to do with a call; the request's body has been read already.</summary>
    public Func<HttpContext, Task> Script { get; set; } = context => AnswerAsync(context, """{"id":"a"}""");

    public ConcurrentQueue<ReceivedRequest> Requests { get; } = [];

    /// <summary>Ends when a call was given up by whoever made it.</summary>
    public Task CallerLeft => _callerLeft.Task.WaitAsync(TestContext.Current.CancellationToken);

    public string Address { get; private set; } = "";

    public static async Task<ScriptedProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        var provider = new ScriptedProvider(app);
        app.Run(provider.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        provider.Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return provider;
    }

    public static async Task AnswerAsync(HttpContext context, string body, int status = 200, string contentType = "application/json")
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        await context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Sends events of a stream, each in a piece of its own.</summary>
    public static async Task SayAsync(HttpContext context, params string[] events)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        foreach (var data in events)
        {
            await context.Response.WriteAsync($"data: {data}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Waits until the caller has gone.</summary>
    public static Task NeverEndAsync(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    /// <summary>Waits for the next call to arrive.</summary>
    public Task ArrivedAsync() => _arrived.WaitAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _arrived.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Requests.Enqueue(new ReceivedRequest(
            $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}",
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray(),
            context.Connection.Id));
        using var leaving = context.RequestAborted.Register(() => _callerLeft.TrySetResult());
        _arrived.Release();
        await Script(context);
    }
}

/// <summary>What reached the provider.</summary>
internal sealed record ReceivedRequest(string Line, IReadOnlyDictionary<string, string> Headers, byte[] Body, string Connection)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
