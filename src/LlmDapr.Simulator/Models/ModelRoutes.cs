using System.Buffers;
using System.Text.Json;
using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Models;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal static class ModelRoutes
{
    public static IEndpointRouteBuilder MapModels(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", ListAsync);
        routes.MapGet("/v1/models/{**id}", GetAsync);
        return routes;
    }

    private static Task ListAsync(HttpContext context, ModelCatalog catalog, ApiKey apiKey)
    {
        if (apiKey.Check(context) is { } refused)
        {
            return ErrorAnswer.WriteAsync(context, refused, context.RequestAborted);
        }

        return WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (string id in catalog.Listed)
            {
                WriteModel(json, id);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Task GetAsync(HttpContext context, string id, ModelCatalog catalog, ApiKey apiKey)
    {
        ProviderError? error = apiKey.Check(context);
        if (error is null && !catalog.TryFind(id, out _, out ProviderError? unknown))
        {
            error = unknown.Code == "model_not_found" ? ProviderErrors.ModelNotFound(id, "model") : unknown;
        }

        return error is null
            ? WriteAsync(context, json => WriteModel(json, id))
            : ErrorAnswer.WriteAsync(context, error, context.RequestAborted);
    }

    private static void WriteModel(Utf8JsonWriter json, string id)
    {
        json.WriteStartObject();
        json.WriteString("id", id);
        json.WriteString("object", "model");
        json.WriteNumber("created", ModelCatalog.Created);
        json.WriteString("owned_by", "llmdapr-simulator");
        json.WriteEndObject();
    }

    private static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }
}
