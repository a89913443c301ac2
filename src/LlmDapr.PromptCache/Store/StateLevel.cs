using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Keys;
using LlmDapr.PromptCache.Purging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace LlmDapr.PromptCache.Store;

/// <summary>
/// Reads answers from the state store: one call for each, given up after a short time. When calls fail one after the other a breaker stops them, so that a dead store costs a request nothing; every
/// two seconds one request tries it again. Thread-safe.
/// </summary>
internal sealed class StateLevel
{
    // A burst meets a dead store together; later ones are spared from the fourth failure on. The window is short and the share small, since under load it is full of
    // successes from before, and each failure until the breaker opens is a request that waits.
    private const int FailuresToOpen = 4;
    private const double ShareToOpen = 0.2;

    private static readonly TimeSpan Sampling = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DeleteTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(2);

    private readonly DaprClient _dapr;
    private readonly PurgeEpochs _epochs;
    private readonly StoreHealth _health;
    private readonly TimeProvider _time;
    private readonly TimeSpan _timeout;
    private readonly ResiliencePipeline _breaker;

    public StateLevel(DaprClient dapr, PurgeEpochs epochs, StoreHealth health, IOptions<CacheOptions> options, TimeProvider time)
    {
        (_dapr, _epochs, _health, _time) = (dapr, epochs, health, time);
        _timeout = options.Value.StoreTimeout;
        _breaker = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = ShareToOpen,
                MinimumThroughput = FailuresToOpen,
                SamplingDuration = Sampling,
                BreakDuration = Break,
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Exception is not null),
            })
            .Build();
    }

    /// <summary>The entry under a key; null when there is none, it cannot be read, or the store does not say so in time.</summary>
    public async ValueTask<CacheEntry?> ReadAsync(CacheKey key)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false);
        var outcome = await _breaker.ExecuteOutcomeAsync(static (_, call) => call.Level.AskAsync(call.Key), context, (Level: this, Key: key));
        ResilienceContextPool.Shared.Return(context);
        if (outcome.Exception is BrokenCircuitException)
        {
            _health.Spared("read");
            return null;
        }

        if (outcome.Exception is not null || outcome.Result.IsEmpty)
        {
            return null;
        }

        var entry = EntryCodec.Decode(key, outcome.Result.Span);
        if (entry is null)
        {
            _health.Unreadable(key.StateName);
        }

        return entry;
    }

    /// <summary>Deletes what lies under a key, if the store is there to do it. The purge's mark voids it anyway.</summary>
    public async Task DeleteAsync(CacheKey key)
    {
        using var timeout = new CancellationTokenSource(DeleteTimeout, _time);
        try
        {
            await _dapr.DeleteStateAsync(DaprComponents.StateStore, key.StateName, cancellationToken: timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception e)
        {
            _health.Failed("delete", e, DeleteTimeout, timeout.IsCancellationRequested);
        }
    }

    // The caller's own leaving is not passed on: it would look like the store's failure, and the call is short.
    private async ValueTask<Outcome<ReadOnlyMemory<byte>>> AskAsync(CacheKey key)
    {
        using var timeout = new CancellationTokenSource(_timeout, _time);
        try
        {
            var known = _epochs.KnownAsync();
            if (!(known.IsCompletedSuccessfully ? known.Result : await known.AsTask().WaitAsync(timeout.Token)))
            {
                throw new InvalidOperationException("The purge marks cannot be read.");
            }

            var bytes = await _dapr.GetByteStateAsync(DaprComponents.StateStore, key.StateName, cancellationToken: timeout.Token).WaitAsync(timeout.Token);
            _health.Answered();
            return Outcome.FromResult(bytes);
        }
        catch (Exception e)
        {
            _health.Failed("read", e, _timeout, timeout.IsCancellationRequested);
            return Outcome.FromException<ReadOnlyMemory<byte>>(e);
        }
    }
}
