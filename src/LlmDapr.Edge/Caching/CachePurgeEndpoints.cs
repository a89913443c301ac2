using LlmDapr.Edge.OpenApi;

namespace LlmDapr.Edge.Caching;

internal static class CachePurgeEndpoints
{
    /// <summary>The operator's purge.</summary>
    public static RouteGroupBuilder MapCachePurge(this RouteGroupBuilder admin)
    {
        admin.MapPost("/cache/purge", (HttpContext context, CachePurge purge, CancellationToken cancellationToken) => purge.HandleAsync(context, cancellationToken))
            .WithName("purgeCache")
            .WithSummary("Sees to it that kept answers are served no more: those of one request, of a model or of a tenant.")
            .TakesJson<CachePurgeRequest>().Produces<CachePurgeAnswer>().ProducesApiErrors(400, 401, 403, 409, 413, 415, 503);
        return admin;
    }
}
