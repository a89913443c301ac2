using System.Text.Json;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>What the delivery itself needs of an envelope.</summary>
/// <param name="Id">The event's id, for the log; empty when it has none.</param>
/// <param name="Traceparent">The publisher's trace; empty = none, null = the envelope says nothing of traces.</param>
internal readonly record struct EventHead(string Id, string? Traceparent)
{
    /// <summary>Reads it; bytes that are no JSON object have nothing.</summary>
    public static EventHead Of(ReadOnlySpan<byte> envelope)
    {
        var (id, traceparent) = ("", (string?)null);
        var reader = new Utf8JsonReader(envelope, new JsonReaderOptions { MaxDepth = 1100 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return new EventHead(id, traceparent);
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isId, isTrace) = (reader.ValueTextEquals("id"u8), reader.ValueTextEquals("traceparent"u8));
                if (reader.ValueTextEquals("traceid"u8))
                {
                    // An event with a trace id of its own kind and no traceparent.
                    traceparent ??= "";
                }

                reader.Read();
                if (reader.TokenType == JsonTokenType.String && (isId || isTrace))
                {
                    (id, traceparent) = isId ? (reader.GetString()!, traceparent) : (id, reader.GetString());
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // A raw payload, or text that is not Unicode: what was read so far is all there is.
        }

        return new EventHead(id, traceparent);
    }
}
