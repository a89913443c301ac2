using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>All that decides whether and how a request is answered from the cache.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Envelope">Its body, read.</param>
/// <param name="Tenant">On whose behalf: each tenant has a cache space of its own.</param>
/// <param name="Model">What answers under its model's name.</param>
/// <param name="CacheControl">The caller's <c>Cache-Control</c> header; several are joined by commas. Null when absent.</param>
/// <param name="CacheTtl">The caller's <c>x-llmdapr-cache-ttl</c> header; null when absent.</param>
public sealed record CacheRequest(
    RequestKind Kind,
    RequestEnvelope Envelope,
    string Tenant,
    ServedModel Model,
    string? CacheControl = null,
    string? CacheTtl = null);
