using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Catalog;
using LlmDapr.ServiceDefaults.Tokens;

namespace LlmDapr.Generation.Hop;

internal static class HopEndpoints
{
    /// <summary>Maps what edge invokes. Where an app token is set, only a sidecar that knows it comes in.</summary>
    public static IEndpointRouteBuilder MapHop(this IEndpointRouteBuilder endpoints)
    {
        var hop = endpoints.MapGroup(string.Empty).RequireAppToken();
        foreach (var (route, kind) in new[] { (HopRoutes.ChatCompletions, RequestKind.ChatCompletion), (HopRoutes.Embeddings, RequestKind.Embeddings) })
        {
            hop.MapPost(route, (HttpContext context, HopCall call) => call.RunAsync(context, kind));

            // What edge asks while the path's breaker is open: an answer closes it, and costs nothing.
            hop.MapGet(route, () => TypedResults.NoContent());
        }

        hop.MapGet(HopRoutes.Models, (CatalogStore catalog) => TypedResults.Json(catalog.Current.Table, ContractsJsonContext.Default.ModelTable));
        return endpoints;
    }
}
