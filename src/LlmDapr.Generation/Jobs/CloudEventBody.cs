using System.Text.Json;

namespace LlmDapr.Generation.Jobs;

/// <summary>An event as the sidecar delivers it: the parts of its envelope that matter here.</summary>
/// <param name="Envelope">The whole of it; null when it is not a JSON object.</param>
internal sealed record CloudEventBody(JsonElement? Envelope)
{
    /// <summary>The event's <c>id</c>; null when it has none.</summary>
    public string? Id => Text("id");

    /// <summary>The event's <c>source</c>; null when it has none.</summary>
    public string? Source => Text("source");

    /// <summary>The event's <c>data</c> as JSON: as it stands there, or out of a text or base64 that holds JSON. Null when there is none.</summary>
    public JsonElement? Data
    {
        get
        {
            if (Envelope is not { } envelope)
            {
                return null;
            }

            if (envelope.TryGetProperty("data", out var data))
            {
                return data.ValueKind == JsonValueKind.String ? Parse(System.Text.Encoding.UTF8.GetBytes(data.GetString()!)) : data;
            }

            return envelope.TryGetProperty("data_base64", out var text) && text.ValueKind == JsonValueKind.String && text.TryGetBytesFromBase64(out var bytes) ? Parse(bytes) : null;
        }
    }

    public static CloudEventBody Read(ReadOnlyMemory<byte> body) => new(Parse(body.Span) is { ValueKind: JsonValueKind.Object } envelope ? envelope : null);

    // As deep as a request's body may be, and its envelope.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 260 };

    private static JsonElement? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonElement.Parse(json, Deep);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? Text(string name)
    {
        try
        {
            return Envelope is { } envelope && envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a character, which JSON's grammar allows.
            return null;
        }
    }
}
