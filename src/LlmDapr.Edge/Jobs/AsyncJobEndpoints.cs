using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.OpenApi;

namespace LlmDapr.Edge.Jobs;

internal static class AsyncJobEndpoints
{
    public static IEndpointRouteBuilder MapAsyncJobs(this IEndpointRouteBuilder endpoints)
    {
        var jobs = endpoints.MapGroup("/v1/async").WithTags("Jobs");
        jobs.MapPost("/chat/completions", (HttpContext context, AsyncJobHandler handler) => handler.SubmitAsync(context, RequestKind.ChatCompletion))
            .WithName("createAsyncChatCompletion").WithSummary("Accepts a chat completion as a job, to be done when there is room.")
            .TakesJson<ChatCompletionRequest>().Produces<AsyncJob>(StatusCodes.Status202Accepted).ProducesApiErrors().Produces<ErrorResponse>(StatusCodes.Status409Conflict);
        jobs.MapPost("/embeddings", (HttpContext context, AsyncJobHandler handler) => handler.SubmitAsync(context, RequestKind.Embeddings))
            .WithName("createAsyncEmbedding").WithSummary("Accepts embeddings as a job, to be done when there is room.")
            .TakesJson<EmbeddingsRequest>().Produces<AsyncJob>(StatusCodes.Status202Accepted).ProducesApiErrors().Produces<ErrorResponse>(StatusCodes.Status409Conflict);
        jobs.MapGet("/{id}", (HttpContext context, string id, AsyncJobHandler handler) => handler.GetAsync(context, id))
            .WithName("retrieveAsyncJob").WithSummary("Shows a job of yours; ?wait=30s waits for its end.")
            .Produces<AsyncJob>().ProducesApiErrors();
        jobs.MapDelete("/{id}", (HttpContext context, string id, AsyncJobHandler handler) => handler.CancelAsync(context, id))
            .WithName("cancelAsyncJob").WithSummary("Cancels a job of yours, also a running one; an ended one is left as it is.")
            .Produces<AsyncJob>().ProducesApiErrors();
        return endpoints;
    }
}
