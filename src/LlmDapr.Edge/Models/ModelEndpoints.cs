using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.OpenApi;

namespace LlmDapr.Edge.Models;

internal static class ModelEndpoints
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder endpoints)
    {
        var models = endpoints.MapGroup("/v1/models").WithTags("Models");
        models.MapGet(string.Empty, ListAsync).WithName("listModels").WithSummary("Lists the models.").Produces<ModelList>().ProducesApiErrors();

        // A name may have slashes, as those of open models do.
        models.MapGet("/{**model}", GetAsync).WithName("retrieveModel").WithSummary("Describes a model.").Produces<Model>().ProducesApiErrors();
        return endpoints;
    }

    private static async Task ListAsync(HttpContext context, ModelSnapshot models, CancellationToken cancellationToken)
    {
        if (await models.GetAsync(cancellationToken) is { } table)
        {
            var list = new ModelList("list", [.. table.Models.Select(Describe)]);
            await context.Response.WriteAsJsonAsync(list, ModelJsonContext.Default.ModelList, cancellationToken: cancellationToken);
            return;
        }

        await context.Response.AnswerAsync(NotKnownYet(), cancellationToken);
    }

    private static async Task GetAsync(HttpContext context, string model, ModelSnapshot models, CancellationToken cancellationToken)
    {
        // ASP.NET decodes all of a path but its slashes, which some SDKs escape.
        model = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (await models.ServesAsync(model, cancellationToken) is not { } served)
        {
            await context.Response.AnswerAsync(NotKnownYet(), cancellationToken);
        }
        else if (!served)
        {
            await context.Response.AnswerAsync(ApiError.ModelNotFound(model), cancellationToken);
        }
        else
        {
            var named = models.Current!.Models.FirstOrDefault(entry => entry.Id == model);
            var answer = named is null ? new Model(model, "model", 0, "llmdapr") : Describe(named);
            await context.Response.WriteAsJsonAsync(answer, ModelJsonContext.Default.Model, cancellationToken: cancellationToken);
        }
    }

    private static ApiError NotKnownYet() => ApiError.Unavailable("Generation has not said yet which models there are. Try again in a moment.", RetryAfter);

    private static Model Describe(ModelEntry entry) => new(entry.Id, "model", entry.Created, entry.OwnedBy);
}
