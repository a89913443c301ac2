using System.Diagnostics.Metrics;
using System.Text;
using Dapr.Client;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;
using LlmDapr.PromptCache.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace LlmDapr.PromptCache.Tests.Fakes;

/// <summary>One process's cache over a state store. Its background services run only when they are started.</summary>
internal sealed class Replica : IAsyncDisposable
{
    public const string Prompt = """{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0}""";

    private readonly ServiceProvider _services;
    private readonly List<IHostedService> _started = [];

    public Replica(DaprClient dapr, TimeProvider time, params (string Key, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
        services.AddSingleton(dapr);
        services.AddSingleton(time);
        services.AddMetrics();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        services.AddPromptCache();
        _services = services.BuildServiceProvider();
        Cache = _services.GetRequiredService<AnswerCache>();
    }

    public AnswerCache Cache { get; }

    public FakeLogCollector Logs => _services.GetFakeLogCollector();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public MetricCollector<long> Count(string instrument) => new(_services.GetRequiredService<IMeterFactory>(), CacheMetrics.MeterName, instrument);

    /// <summary>Starts what saves answers, and what looks for purges if asked.</summary>
    public async Task<Replica> StartAsync(bool watches = false)
    {
        foreach (var service in _services.GetServices<IHostedService>().Where(service => watches || service is StateWriter))
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
            _started.Add(service);
        }

        return this;
    }

    public CachePlan Plan(string tenant = "t", string body = Prompt, string? cacheControl = null, string? ttl = null, CachePolicy? policy = null, RequestKind kind = RequestKind.ChatCompletion)
    {
        Assert.True(TryPlan(out var plan, out var error, tenant, body, cacheControl, ttl, policy, kind), error?.Message);
        return plan;
    }

    public bool TryPlan(out CachePlan plan, out ApiError? error, string tenant = "t", string body = Prompt, string? cacheControl = null, string? ttl = null, CachePolicy? policy = null, RequestKind kind = RequestKind.ChatCompletion)
    {
        Assert.True(RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(body), kind, out var envelope, out _));
        return Cache.TryPlan(new CacheRequest(kind, envelope, tenant, new ServedModel("p/m", policy), cacheControl, ttl), out plan, out error);
    }

    public ValueTask<CacheLookup> LookupAsync(CachePlan? plan = null) => Cache.LookupAsync(plan ?? Plan(), TestContext.Current.CancellationToken);

    /// <summary>Keeps an answer and waits until the state store has it, or has refused it.</summary>
    public async Task StoreAsync(CachePlan? plan = null, string body = """{"answer":1}""")
    {
        using var stored = Count(CacheMetrics.StoredName);
        using var dropped = Count(CacheMetrics.DroppedName);
        Cache.Store(plan ?? Plan(), Answer(body));
        await Task.WhenAny(stored.WaitForMeasurementsAsync(1, TestContext.Current.CancellationToken), dropped.WaitForMeasurementsAsync(1, TestContext.Current.CancellationToken));
    }

    public static CacheAnswer Answer(string body = """{"answer":1}""") => new(200, "m", "p/m", new TokenUsage(10, 5), Encoding.UTF8.GetBytes(body));

    public static string BodyOf(CacheLookup lookup) => Encoding.UTF8.GetString(Assert.IsType<CacheEntry>(lookup.Entry).Answer.Body.Span);

    public Task<PurgeResult> PurgeAsync(Purge purge) => Cache.PurgeAsync(purge, TestContext.Current.CancellationToken).AsTask();

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _started)
        {
            using var late = new CancellationTokenSource();
            await late.CancelAsync();
            await service.StopAsync(late.Token);
        }

        await _services.DisposeAsync();
    }
}
