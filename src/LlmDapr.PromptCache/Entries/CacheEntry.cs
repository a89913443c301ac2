namespace LlmDapr.PromptCache.Entries;

/// <summary>An answer as the cache keeps it. Immutable.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="Created">When it was complete.</param>
/// <param name="Ttl">How long after that it is fresh.</param>
/// <param name="Stale">How much longer it may be served while a new one is fetched.</param>
/// <param name="Epoch">The purge epoch that its request began in: a later purge of its key, model or tenant voids it.</param>
public sealed record CacheEntry(CacheAnswer Answer, DateTimeOffset Created, TimeSpan Ttl, TimeSpan Stale, long Epoch)
{
    /// <summary>How old the answer is; never negative, since another replica's clock may be ahead.</summary>
    public TimeSpan Age(DateTimeOffset now) => now > Created ? now - Created : TimeSpan.Zero;
}
