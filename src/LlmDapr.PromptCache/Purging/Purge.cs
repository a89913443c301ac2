using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Purging;

/// <summary>Which kept answers are to be served no more. At least one of the three is given; an answer goes when it matches any of them.</summary>
/// <param name="Key">That of one request, in its tenant's space.</param>
/// <param name="Model">Those of a model, by the name that callers use, of all tenants.</param>
/// <param name="Tenant">Those of a tenant, of all models.</param>
public sealed record Purge(CacheKey? Key = null, string? Model = null, string? Tenant = null);
