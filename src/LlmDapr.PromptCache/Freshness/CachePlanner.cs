using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.PromptCache.Keys;
using LlmDapr.PromptCache.Purging;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>Makes the plan of a request out of what the operator, the model, the tenant and the caller say.</summary>
internal sealed class CachePlanner(IOptions<CacheOptions> options, PurgeEpochs epochs, CacheMetrics metrics)
{
    private readonly CacheOptions _options = options.Value;

    public bool TryPlan(CacheRequest request, out CachePlan plan, out ApiError? error)
    {
        plan = CachePlan.Bypass;
        if (!CallerWish.TryRead(request.CacheControl, request.CacheTtl, out var wish, out error))
        {
            return false;
        }

        var (policy, tenant) = (request.Model.Cache, _options.Tenants.Find(request.Tenant));
        var mode = ModeOf(policy, tenant);
        if (mode == CacheMode.Off || wish.NoStore)
        {
            metrics.Bypassed(mode == CacheMode.Off ? "off" : "no_store");
            return true;
        }

        var (key, isDeterministic) = RequestKey.Of(request.Kind, request.Envelope.Body.Span, request.Tenant, request.Model.Identity);
        if (mode == CacheMode.Deterministic && !isDeterministic)
        {
            metrics.Bypassed("not_deterministic");
            return true;
        }

        var ttl = Bounded(wish.Ttl ?? tenant?.Ttl ?? Seconds(policy?.TtlSeconds) ?? _options.Ttl);
        if (wish.NoCache && ttl == TimeSpan.Zero)
        {
            metrics.Bypassed("no_store");
            return true;
        }

        plan = new CachePlan
        {
            Key = key,
            Tenant = request.Tenant,
            Model = request.Envelope.Model,
            Reads = !wish.NoCache,
            Stores = ttl > TimeSpan.Zero,
            Ttl = ttl,
            Stale = Bounded(tenant?.StaleWhileRevalidate ?? Seconds(policy?.StaleSeconds) ?? _options.StaleWhileRevalidate),
            MaxAge = wish.MaxAge,
            Epoch = epochs.Current.Epoch,
        };
        return true;
    }

    // A model's owner who says off has a reason that a tenant's setting need not know, and the other way round; else the nearest to the request decides.
    private CacheMode ModeOf(CachePolicy? policy, TenantOverride? tenant) => policy?.Mode == CacheMode.Off || tenant?.Mode == CacheMode.Off
        ? CacheMode.Off
        : tenant?.Mode ?? policy?.Mode ?? _options.Mode;

    private TimeSpan Bounded(TimeSpan wanted) => wanted > _options.MaxTtl ? _options.MaxTtl : wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted;

    private static TimeSpan? Seconds(int? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;
}
