using System.Text;
using Dapr.Client;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Tests.Hosting;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Tests.Fakes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Edge.Tests.Caching;

/// <summary>Edge, its sidecar with a generation that answers as the test says, and a state store in memory.</summary>
internal sealed class CachingRig : IAsyncDisposable
{
    public const string Plain = """{"model":"m","messages":[{"role":"user","content":"PROMPT-TEXT"}],"temperature":0}""";
    public const string Stream = """{"model":"m","messages":[{"role":"user","content":"PROMPT-TEXT"}],"temperature":0,"stream":true}""";
    public const string StreamWithUsage = """{"stream":true,"stream_options":{"include_usage":true},"model":"m","messages":[{"role":"user","content":"PROMPT-TEXT"}],"temperature":0.0}""";
    public const string Word = """data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hi"},"finish_reason":null}]}""" + "\n\n";
    public const string Stop = """data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\n";
    public const string Usage = """data: {"id":"a","object":"chat.completion.chunk","created":5,"model":"m","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""" + "\n\n";
    public const string Done = "data: [DONE]\n\n";
    public const string Answer = """{"id":"a","object":"chat.completion","created":5,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""";

    private CachingRig(ScriptedSidecar sidecar, EdgeHost edge, FakeDapr dapr, FakeState state) => (Sidecar, Edge, Dapr, State) = (sidecar, edge, dapr, state);

    public ScriptedSidecar Sidecar { get; }

    public EdgeHost Edge { get; }

    public FakeDapr Dapr { get; }

    public FakeState State { get; }

    public int Flights => Edge.Services.GetRequiredService<FlightTable>().Count;

    public int OnBoard => Edge.Services.GetRequiredService<FlightTable>().OnBoard;

    public static async Task<CachingRig> StartAsync(string[]? settings = null, TimeProvider? time = null, ModelTable? models = null)
    {
        var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = AnswerAsync;
        if (models is not null)
        {
            sidecar.Models = context => ScriptedSidecar.TableAsync(context, models);
        }

        var state = new FakeState(time ?? TimeProvider.System);
        var dapr = new FakeDapr(state);
        var edge = await EdgeHost.StartAsync(sidecar.Port, settings, time, services => services.AddSingleton<DaprClient>(dapr));
        var rig = new CachingRig(sidecar, edge, dapr, state);

        // The models are known before the first request asks.
        using var ready = await edge.Client.GetAsync(new Uri("/v1/models", UriKind.Relative), TestContext.Current.CancellationToken);
        return rig;
    }

    /// <summary>Answers as the request wants it.</summary>
    public static Task AnswerAsync(HttpContext context) =>
        IsStream(context) ? ScriptedSidecar.StreamAsync(context, Word + Stop + Usage + Done) : ScriptedSidecar.PlainAsync(context, Answer);

    public static bool IsStream(HttpContext context) => context.Request.Headers["x-llmdapr-usage"] == "include";

    /// <summary>Asks, and reads the answer to its end.</summary>
    public async Task<CachedAnswer> AskAsync(string body = Plain, params (string Name, string Value)[] headers)
    {
        using var response = await Edge.ChatAsync(body, headers);
        return await CachedAnswer.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync();
        await Sidecar.DisposeAsync();
    }
}

/// <summary>An answer and what its headers say of the cache.</summary>
internal sealed record CachedAnswer(int Status, string Body, string? Cache, string? Key, string? Age, string? ContentType, string? Target)
{
    public static async Task<CachedAnswer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)),
        Header(response, "x-llmdapr-cache"),
        Header(response, "x-llmdapr-cache-key"),
        Header(response, "age"),
        response.Content.Headers.ContentType?.MediaType,
        Header(response, "x-llmdapr-target"));

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
