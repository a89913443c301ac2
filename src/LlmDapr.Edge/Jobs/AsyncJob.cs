using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmDapr.Edge.Jobs;

/// <summary>A job as its owner sees it. Times are Unix seconds.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Object">Always <c>async.job</c>.</param>
/// <param name="Endpoint">The API whose answer it will have: <c>/v1/chat/completions</c> or <c>/v1/embeddings</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Status"><c>queued</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="CreatedAt">When it was accepted.</param>
/// <param name="StartedAt">When its last run began; null before.</param>
/// <param name="FinishedAt">When it ended; null before.</param>
/// <param name="ExpiresAt">Until when it and its result are kept; null until it has ended.</param>
/// <param name="Attempts">Runs so far.</param>
/// <param name="Target">Who answered, as <c>provider/model</c>; null until somebody did.</param>
/// <param name="Cache">How the prompt cache served it: <c>hit</c>, <c>miss</c>, <c>coalesced</c> or <c>bypass</c>; null until then.</param>
/// <param name="Result">The answer, byte by byte as the provider sent it; null unless it has succeeded.</param>
/// <param name="Error">OpenAI's error object, and <c>status</c>; of a job that still goes on, the last run's. Null when there was none.</param>
public sealed record AsyncJob(
    string Id,
    string Object,
    string Endpoint,
    string Model,
    string Status,
    long CreatedAt,
    long? StartedAt,
    long? FinishedAt,
    long? ExpiresAt,
    int Attempts,
    string? Target,
    string? Cache,
    [property: JsonConverter(typeof(RawJsonConverter))] ReadOnlyMemory<byte>? Result,
    JsonElement? Error);
