using System.Text.Json;

namespace LlmDapr.Generation.Streaming;

/// <summary>Reads <c>usage.total_tokens</c> of an answer.</summary>
internal static class Usage
{
    /// <summary>Out of a whole body; null where it says nothing.</summary>
    public static int? TotalTokens(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                return ReadTotal(ref reader);
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Out of the object at which the reader stands, which is then read to its end.</summary>
    public static int? ReadTotal(ref Utf8JsonReader reader)
    {
        int? total = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isTotal = reader.ValueTextEquals("total_tokens"u8);
            reader.Read();
            if (isTotal && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var tokens) && tokens >= 0)
            {
                total = tokens;
            }

            reader.Skip();
        }

        return total;
    }
}
