using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>Edge's sidecar on loopback, with a generation behind it that does what the test says.</summary>
internal sealed class ScriptedSidecar : IAsyncDisposable
{
    private const string Invoke = "/v1.0/invoke/generation/method";

    private readonly WebApplication _app;
    private readonly TaskCompletionSource _callerLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _arrived = new(0);

    private ScriptedSidecar(WebApplication app) => _app = app;

    /// <summary>What a POST of the hop is answered.</summary>
    public Func<HttpContext, Task> Call { get; set; } = context => PlainAsync(context, "{\"id\":\"a\"}");

    /// <summary>What a GET of the hop's paths is answered.</summary>
    public Func<HttpContext, Task> Probe { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    /// <summary>What a GET of the table is answered.</summary>
    public Func<HttpContext, Task> Models { get; set; } = context => TableAsync(context, new ModelTable([new("m", 7, "us", "p/m", null), new("org/name", 8, "them", "p/x", null)], [new("free/", "p/*")], null));

    public ConcurrentQueue<ReceivedRequest> Calls { get; } = [];

    public ConcurrentQueue<string> Probes { get; } = [];

    public int ModelReads => _modelReads;

    public int Port { get; private set; }

    /// <summary>Ends when a call was given up by edge.</summary>
    public Task CallerLeft => _callerLeft.Task.WaitAsync(TestContext.Current.CancellationToken);

    private int _modelReads;

    public static async Task<ScriptedSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null).UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var app = builder.Build();
        var sidecar = new ScriptedSidecar(app);
        app.Run(sidecar.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        sidecar.Port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return sidecar;
    }

    /// <summary>Answers with a plain body in the hop's framing.</summary>
    public static Task PlainAsync(HttpContext context, string body, int status = 200, int? length = null, params string[][] headers) =>
        WriteAsync(context, $"\n{Head(new HopHead(status, [["content-type", "application/json"], .. headers], length ?? Encoding.UTF8.GetByteCount(body), "m", "p/m", 1))}\n{body}");

    /// <summary>Answers with the head of a stream and some of its bytes.</summary>
    public static Task StreamAsync(HttpContext context, string bytes) =>
        WriteAsync(context, $"\n{Head(new HopHead(200, [["content-type", "text/event-stream"]], null, "m", "p/m", 1))}\n{bytes}");

    public static async Task WriteAsync(HttpContext context, string bytes)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = HopFormat.ContentType;
        }

        await context.Response.WriteAsync(bytes, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }

    public static string Head(HopHead head) => JsonSerializer.Serialize(head, ContractsJsonContext.Default.HopHead);

    /// <summary>Answers as daprd does when it cannot invoke.</summary>
    public static async Task DaprErrorAsync(HttpContext context, string reason, int status = 500)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"errorCode":"ERR_DIRECT_INVOKE","message":"failed to invoke, id: generation, err: {{reason}}"}""", context.RequestAborted);
    }

    public static Task TableAsync(HttpContext context, ModelTable table) =>
        context.Response.WriteAsJsonAsync(table, ContractsJsonContext.Default.ModelTable, cancellationToken: context.RequestAborted);

    /// <summary>Ends an answer that has begun without its last chunk, after all that was written.</summary>
    public static void Break() => throw new IOException("The scripted answer breaks off.");

    /// <summary>Waits until edge has gone.</summary>
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
        var path = context.Request.Path.Value!;
        if (path is "/v1.0/healthz/outbound" or "/v1.0/healthz")
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else if (path == Invoke + HopRoutes.Models)
        {
            Interlocked.Increment(ref _modelReads);
            await Models(context);
        }
        else if (HttpMethods.IsGet(context.Request.Method))
        {
            Probes.Enqueue(path[Invoke.Length..]);
            await Probe(context);
        }
        else
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            Calls.Enqueue(new ReceivedRequest(path[Invoke.Length..], context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
            using var leaving = context.RequestAborted.Register(() => _callerLeft.TrySetResult());
            _arrived.Release();
            await Call(context);
        }
    }
}

/// <summary>What reached generation.</summary>
internal sealed record ReceivedRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body);
