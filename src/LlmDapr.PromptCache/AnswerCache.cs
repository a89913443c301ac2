using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;
using LlmDapr.PromptCache.Store;

namespace LlmDapr.PromptCache;

/// <summary>
/// The prompt cache as edge and the job runner use it: a plan at the request's start, one lookup, and the answer kept when it is complete. Whatever the
/// state store does, a lookup is at worst a miss and a store is at worst nothing. Thread-safe.
/// </summary>
public sealed class AnswerCache
{
    private readonly CachePlanner _planner;
    private readonly KeptAnswers _kept;
    private readonly PurgeEpochs _epochs;
    private readonly CacheMetrics _metrics;

    internal AnswerCache(CachePlanner planner, KeptAnswers kept, PurgeEpochs epochs, CacheMetrics metrics) =>
        (_planner, _kept, _epochs, _metrics) = (planner, kept, epochs, metrics);

    /// <summary>Decides what the cache does for a request. False when a header of the caller's is wrong; <paramref name="error"/> names it.</summary>
    public bool TryPlan(CacheRequest request, out CachePlan plan, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _planner.TryPlan(request, out plan, out error);
    }

    /// <summary>
    /// Looks for an answer in memory only, and never waits. A miss here is none yet: <see cref="LookupAsync"/>, which the single flight does once for all who ask, says so.
    /// </summary>
    public CacheLookup LookupMemory(CachePlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var found = plan.Reads ? _kept.FindInMemory(plan) : default;
        if (found.IsHit)
        {
            _metrics.Hit(found.Level, found.IsStale, found.Entry.Answer.Usage);
        }

        return found;
    }

    /// <summary>
    /// Looks for an answer: in memory, then with one read of the state store that is given up after <c>Cache:StoreTimeout</c>, 150 ms by default. A plan that does not read gets a miss.
    /// </summary>
    public async ValueTask<CacheLookup> LookupAsync(CachePlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        if (plan.IsBypass)
        {
            return default;
        }

        var found = plan.Reads ? await _kept.FindAsync(plan) : default;
        cancellationToken.ThrowIfCancellationRequested();
        if (found.IsHit)
        {
            _metrics.Hit(found.Level, found.IsStale, found.Entry.Answer.Usage);
        }
        else
        {
            _metrics.Missed();
        }

        return found;
    }

    /// <summary>
    /// Keeps a complete answer: in memory at once, in the state store behind the caller's back. Does nothing when the plan does not store, the status is not 200,
    /// the body is empty or too large, or it was purged meanwhile. Never waits, never throws.
    /// </summary>
    public void Store(CachePlan plan, CacheAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(answer);
        _kept.Keep(plan, answer);
    }

    /// <summary>Counts a request that another's lookup or call has served.</summary>
    internal void CountShared(FlightStart start)
    {
        if (start is FlightStart.Hit { Lookup: { IsHit: true } found })
        {
            _metrics.Hit(found.Level, found.IsStale, found.Entry.Answer.Usage);
        }
        else if (start is FlightStart.Whole { Head.Status: 200, Usage: var usage })
        {
            _metrics.Coalesced(usage ?? default);
        }
    }

    /// <summary>
    /// Sees to it that what was kept until now is served no more. Nothing is looked for: a mark is set that voids it, here at once and in other replicas within 5 s.
    /// Ask again when the result says that the state store did not take it.
    /// </summary>
    public async ValueTask<PurgeResult> PurgeAsync(Purge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        if (purge is { Key: null, Model: null, Tenant: null })
        {
            throw new ArgumentException("A purge needs a key, a model or a tenant.", nameof(purge));
        }

        var result = await _epochs.PurgeAsync(purge, cancellationToken);
        if (purge.Key is { } key && result != PurgeResult.TooMany)
        {
            await _kept.DeleteAsync(key);
        }

        return result;
    }
}
