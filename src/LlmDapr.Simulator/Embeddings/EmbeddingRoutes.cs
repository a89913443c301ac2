using System.Text.Json;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Embeddings;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal static class EmbeddingRoutes
{
    private const int MaxDimensions = 4096;

    public static IEndpointRouteBuilder MapEmbeddings(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/embeddings", static (HttpContext context, ProviderCallRunner runner, PlainBody body) =>
            runner.RunAsync(context, (root, _, behaviour) => Prepare(root, behaviour, body)));
        return routes;
    }

    private static EmbeddingAnswer Prepare(JsonElement root, Behaviour behaviour, PlainBody body)
    {
        IReadOnlyList<EmbeddingInput> inputs = EmbeddingInput.Read(root);
        bool base64 = root.Text("encoding_format") switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw new RefusedException(ProviderErrors.WrongValue("encoding_format", "'float' or 'base64'")),
        };
        return new EmbeddingAnswer(inputs, root.Whole("dimensions", 1, MaxDimensions) ?? behaviour.Dims, base64, body);
    }
}
