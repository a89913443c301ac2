using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>What the cache does for one request, decided at its start. Immutable.</summary>
public sealed record CachePlan
{
    /// <summary>The cache has no part in the request: nothing is read, stored or shared.</summary>
    public static readonly CachePlan Bypass = new();

    /// <summary>The request's key; <see langword="default"/> for a bypass.</summary>
    public CacheKey Key { get; init; }

    /// <summary>The tenant, whose space the key lies in.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>The model's name as the caller gives it: what a purge by model goes by.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether a kept answer may serve the request, and so may a call that is under way for an equal one. False for <c>no-cache</c>.</summary>
    public bool Reads { get; init; }

    /// <summary>Whether the request's answer is kept. False when the caller's ttl is 0.</summary>
    public bool Stores { get; init; }

    /// <summary>How long its answer will be fresh.</summary>
    public TimeSpan Ttl { get; init; }

    /// <summary>How much longer its answer may be served while a new one is fetched.</summary>
    public TimeSpan Stale { get; init; }

    /// <summary>The oldest answer that the caller takes (<c>max-age</c>); null for any that is kept.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The purge epoch at the request's start.</summary>
    public long Epoch { get; init; }

    /// <summary>Whether the cache has no part in the request.</summary>
    public bool IsBypass => !Reads && !Stores;
}
