using LlmDapr.Contracts.Hop;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>How the answers of one tenant are cached. What is null is as the model's policy or the default says.</summary>
internal sealed record TenantOverride(CacheMode? Mode = null, TimeSpan? Ttl = null, TimeSpan? StaleWhileRevalidate = null);
