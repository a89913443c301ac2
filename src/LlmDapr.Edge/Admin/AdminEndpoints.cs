using LlmDapr.Edge.OpenApi;

namespace LlmDapr.Edge.Admin;

internal static class AdminEndpoints
{
    public static IEndpointRouteBuilder MapAdmin(this IEndpointRouteBuilder endpoints)
    {
        var admin = endpoints.MapGroup("/admin").WithTags("Admin").RequireAdminKey();
        admin.MapPost("/cache/purge", (HttpContext context, CachePurge purge, CancellationToken cancellationToken) => purge.HandleAsync(context, cancellationToken))
            .WithName("purgeCache")
            .WithSummary("Sees to it that kept answers are served no more: those of one request, of a model or of a tenant. Needs the operator's key.")
            .TakesJson<CachePurgeRequest>().Produces<CachePurgeAnswer>().ProducesApiErrors(400, 401, 403, 409, 415, 503);
        return endpoints;
    }
}
