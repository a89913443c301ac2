using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;

namespace LlmDapr.PromptCache;

/// <summary>
/// The prompt cache as edge and the job runner use it: a plan at the request's start, one lookup, and the answer kept when it is complete. Whatever the
/// state store does, a lookup is at worst a miss and a store is at worst nothing. Thread-safe.
/// </summary>
#pragma warning disable CA1822 // The seam only, for now.
public sealed class AnswerCache
{
    /// <summary>Decides what the cache does for a request. False when a header of the caller's is wrong; <paramref name="error"/> names it.</summary>
    public bool TryPlan(CacheRequest request, out CachePlan plan, out ApiError? error)
    {
        ArgumentNullException.ThrowIfNull(request);
        (plan, error) = (CachePlan.Bypass, null);
        return true;
    }

    /// <summary>
    /// Looks for an answer: in memory, then with one read of the state store that is given up after 150 ms. A plan that does not read gets a miss.
    /// </summary>
    public ValueTask<CacheLookup> LookupAsync(CachePlan plan, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return default;
    }

    /// <summary>
    /// Keeps a complete answer: in memory at once, in the state store behind the caller's back. Does nothing when the plan does not store, the status is not 200,
    /// the body is too large or was purged meanwhile. Never waits, never throws.
    /// </summary>
    public void Store(CachePlan plan, CacheAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(answer);
    }

    /// <summary>Sees to it that what was kept until now is served no more.</summary>
    public ValueTask<PurgeResult> PurgeAsync(Purge purge, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(purge);
        return default;
    }
}
