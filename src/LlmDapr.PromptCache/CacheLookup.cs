using System.Diagnostics.CodeAnalysis;
using LlmDapr.PromptCache.Entries;

namespace LlmDapr.PromptCache;

/// <summary>What a lookup found.</summary>
/// <param name="Entry">The answer that may be served; null for a miss.</param>
/// <param name="Level">Where it was found.</param>
/// <param name="Age">How old it is: the answer's <c>Age</c> header, in whole seconds rounded down.</param>
/// <param name="IsStale">It is past its ttl: serve it, and fetch a new answer behind the caller's back (once for all, by the single flight).</param>
public readonly record struct CacheLookup(CacheEntry? Entry, CacheLevel Level, TimeSpan Age, bool IsStale)
{
    /// <summary>Whether there is an answer to serve.</summary>
    [MemberNotNullWhen(true, nameof(Entry))]
    public bool IsHit => Entry is not null;
}
