using System.Text;
using System.Text.Json;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge;
using LlmDapr.ServiceDefaults.Requests;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Testing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LlmDapr.Benchmarks.Caching;

/// <summary>
/// Edge behind the development sidecar, with a generation that answers at once, and two endpoints in the same app to compare with: one that reads the body and
/// returns the bytes, one that asks the state store before.
/// </summary>
internal sealed class CachingEdge : IAsyncDisposable
{
    public const string Chat = "/v1/chat/completions";
    public const string Bare = "/bare";
    public const string BareAfterGetState = "/bare-after-get-state";

    private const int AnswerBytes = 4096;
    private const string StateKey = "bare";

    private readonly WebApplication _edge;
    private readonly WebApplication _generation;
    private readonly SidecarHost _sidecar;
    private readonly DaprClient _dapr;

    private CachingEdge(WebApplication edge, WebApplication generation, SidecarHost sidecar, DaprClient dapr) =>
        (_edge, _generation, _sidecar, _dapr) = (edge, generation, sidecar, dapr);

    public static byte[] Answer { get; } = Encoding.UTF8.GetBytes(AnswerOf(AnswerBytes));

    public Uri Address => new(_edge.Urls.Single());

    /// <param name="settings">Edge's settings.</param>
    public static async Task<CachingEdge> StartAsync(params string[] settings)
    {
        var generation = await GenerationAsync();
        var sidecar = await SidecarHost.StartAsync(
        [
            new SidecarOptions { AppId = AppIds.Edge, ResourcesPaths = [Path.Combine(Programs.Root, "components")] },
            new SidecarOptions { AppId = AppIds.Generation, AppPort = new Uri(generation.Urls.Single()).Port },
        ]);
        var own = sidecar.Instances[0];
        var dapr = new DaprClientBuilder().UseHttpEndpoint($"http://127.0.0.1:{own.HttpPort}").UseGrpcEndpoint($"http://127.0.0.1:{own.GrpcPort}").Build();
        var edge = EdgeApp.Build(
            ["--urls=http://127.0.0.1:0", "--DAPR_HTTP_ENDPOINT=", $"--DAPR_HTTP_PORT={own.HttpPort}", "--APP_API_TOKEN=", .. settings],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.Replace(ServiceDescriptor.Singleton(dapr));
            });
        edge.MapPost(Bare, context => ReturnAsync(context, Answer));
        edge.MapPost(BareAfterGetState, async context => await ReturnAsync(context, await dapr.GetByteStateAsync(DaprComponents.StateStore, StateKey, cancellationToken: context.RequestAborted)));
        await edge.StartAsync();
        await dapr.SaveByteStateAsync(DaprComponents.StateStore, StateKey, Answer);
        return new CachingEdge(edge, generation, sidecar, dapr);
    }

    public async ValueTask DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _sidecar.DisposeAsync();
        await _generation.DisposeAsync();
        _dapr.Dispose();
    }

    private static async Task ReturnAsync(HttpContext context, ReadOnlyMemory<byte> answer)
    {
        await RequestBody.ReadAsync(context.Request, 1024 * 1024, context.RequestAborted);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        await context.Response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    private static async Task<WebApplication> GenerationAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet(HopRoutes.Models, () => TypedResults.Json(new ModelTable([new("gpt-4o-mini", 0, "us", "p/gpt-4o-mini", null)], [], null), ContractsJsonContext.Default.ModelTable));
        app.MapPost(HopRoutes.ChatCompletions, async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            var head = new HopHead(200, [["content-type", "application/json"]], Answer.Length, "gpt-4o-mini", "p/gpt-4o-mini", 1);
            context.Response.ContentType = HopFormat.ContentType;
            await context.Response.Body.WriteAsync((byte[])[(byte)'\n', .. JsonSerializer.SerializeToUtf8Bytes(head, ContractsJsonContext.Default.HopHead), (byte)'\n', .. Answer], context.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }

    private static string AnswerOf(int bytes)
    {
        const string Opening = """{"id":"chatcmpl-1","object":"chat.completion","created":1741569952,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":" """;
        const string End = """ "},"finish_reason":"stop"}],"usage":{"prompt_tokens":900,"completion_tokens":800,"total_tokens":1700}}""";
        var (words, random) = (new StringBuilder(Opening), new Random(7));
        while (words.Length < bytes - End.Length)
        {
            // Letters at random: packing them saves less than it does of a text.
            words.Append(random.GetString("abcdefghijklmnopqrstuvwxyz", random.Next(2, 10))).Append(' ');
        }

        return words.ToString(0, bytes - End.Length) + End;
    }
}
