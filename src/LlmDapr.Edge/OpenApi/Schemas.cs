using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace LlmDapr.Edge.OpenApi;

// What the OpenAPI document says of bodies that pass through as bytes: the fields that LlmDapr itself reads or that every client knows. Source: OpenAI's API reference.

/// <summary>A request to <c>/v1/chat/completions</c>. Other fields pass through.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Messages">The conversation.</param>
/// <param name="Stream">Whether the answer is a stream of server-sent events.</param>
/// <param name="StreamOptions">Options of the stream, such as <c>include_usage</c>.</param>
/// <param name="N">How many answers.</param>
public sealed record ChatCompletionRequest(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("messages")] IReadOnlyList<JsonObject> Messages,
    [property: JsonPropertyName("stream")] bool? Stream,
    [property: JsonPropertyName("stream_options")] JsonObject? StreamOptions,
    [property: JsonPropertyName("n")] int? N);

/// <summary>An answer of <c>/v1/chat/completions</c>.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Object">Always <c>chat.completion</c>.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Choices">The answers.</param>
/// <param name="Usage">Tokens used.</param>
public sealed record ChatCompletion(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("created")] long Created,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("choices")] IReadOnlyList<JsonObject> Choices,
    [property: JsonPropertyName("usage")] JsonObject? Usage);

/// <summary>A request to <c>/v1/embeddings</c>. Other fields pass through.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Input">A text, several, or tokens.</param>
public sealed record EmbeddingsRequest(
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("input")] JsonNode Input);

/// <summary>An answer of <c>/v1/embeddings</c>.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">One vector for each input.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="Usage">Tokens used.</param>
public sealed record EmbeddingList(
    [property: JsonPropertyName("object")] string Object,
    [property: JsonPropertyName("data")] IReadOnlyList<JsonObject> Data,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("usage")] JsonObject Usage);

/// <summary>OpenAI's error object.</summary>
/// <param name="Error">The error.</param>
public sealed record ErrorResponse([property: JsonPropertyName("error")] ErrorDetail Error);

/// <summary>What went wrong.</summary>
/// <param name="Message">For a person.</param>
/// <param name="Type">The kind of error.</param>
/// <param name="Param">The field at fault.</param>
/// <param name="Code">For a program.</param>
public sealed record ErrorDetail(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("param")] string? Param,
    [property: JsonPropertyName("code")] string? Code);
