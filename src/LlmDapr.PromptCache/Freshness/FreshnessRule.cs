using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Purging;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>Which kept answer serves which request, and which answer is worth keeping.</summary>
internal sealed class FreshnessRule(IOptions<CacheOptions> options, PurgeEpochs epochs, TimeProvider time)
{
    private readonly CacheOptions _options = options.Value;

    /// <summary>A hit when the entry may serve the request: not purged since its own request began, and young enough.</summary>
    public CacheLookup Judge(CachePlan plan, CacheEntry entry, CacheLevel level)
    {
        if (IsVoid(plan, entry.Epoch))
        {
            return default;
        }

        // The operator's bound holds for what was kept before it was lowered, too. Who names an age does not want what is past its ttl, as in HTTP.
        var age = entry.Age(time.GetUtcNow());
        var isStale = age >= (entry.Ttl < _options.MaxTtl ? entry.Ttl : _options.MaxTtl);
        var isServed = plan.MaxAge is { } most ? !isStale && age <= most : age < entry.Ttl + entry.Stale && age < _options.LongestLife;
        return isServed ? new CacheLookup(entry, level, age, isStale) : default;
    }

    /// <summary>The entry for an answer; null with a reason (null when the plan is the reason) when it is not to be kept.</summary>
    public CacheEntry? EntryFor(CachePlan plan, CacheAnswer answer, out string? dropped)
    {
        var isWanted = plan.Stores && answer.Status == 200 && !answer.Body.IsEmpty;
        dropped = !isWanted ? null : answer.Body.Length > _options.MaxEntryBytes ? "too_large" : IsVoid(plan, plan.Epoch) ? "purged" : null;
        return isWanted && dropped is null ? new CacheEntry(answer, time.GetUtcNow(), plan.Ttl, plan.Stale, plan.Epoch) : null;
    }

    /// <summary>Whether what belongs to a request that began in this epoch has been purged since.</summary>
    public bool IsVoid(CachePlan plan, long epoch) => epochs.Current.IsVoid(epoch, plan.Key, plan.Model, plan.Tenant);
}
