using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.OpenApi;

namespace LlmDapr.Edge.Completions;

internal static class CompletionEndpoints
{
    public static IEndpointRouteBuilder MapCompletions(this IEndpointRouteBuilder endpoints)
    {
        // Created now, so that the gates' gauge is there before the first request.
        endpoints.ServiceProvider.GetRequiredService<GenerationGates>();
        endpoints.MapPost("/v1/chat/completions", (HttpContext context, CompletionHandler handler) => handler.HandleAsync(context, RequestKind.ChatCompletion))
            .WithName("createChatCompletion").WithTags("Chat")
            .WithSummary("Answers a conversation, whole or as a stream of server-sent events.")
            .TakesJson<ChatCompletionRequest>().Produces<ChatCompletion>().ProducesApiErrors();
        endpoints.MapPost("/v1/embeddings", (HttpContext context, CompletionHandler handler) => handler.HandleAsync(context, RequestKind.Embeddings))
            .WithName("createEmbedding").WithTags("Embeddings")
            .WithSummary("Turns texts into vectors.")
            .TakesJson<EmbeddingsRequest>().Produces<EmbeddingList>().ProducesApiErrors();
        return endpoints;
    }
}
