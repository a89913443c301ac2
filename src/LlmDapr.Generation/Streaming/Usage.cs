using System.Text.Json;

namespace LlmDapr.Generation.Streaming;

/// <summary>What a provider says that an answer cost, tokens; what it does not say is null.</summary>
/// <param name="Input"><c>prompt_tokens</c>.</param>
/// <param name="Output"><c>completion_tokens</c>.</param>
/// <param name="Total"><c>total_tokens</c>.</param>
internal sealed record Usage(int? Input, int? Output, int? Total)
{
    /// <summary>Out of a whole body, which is valid JSON; null where it says nothing.</summary>
    public static Usage? Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 256 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                return ReadObject(ref reader);
            }

            reader.Skip();
        }

        return null;
    }

    /// <summary>Out of the object at which the reader stands, which is then read to its end.</summary>
    public static Usage ReadObject(ref Utf8JsonReader reader)
    {
        int? input = null, output = null, total = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var which = reader.ValueTextEquals("prompt_tokens"u8) ? 1 : reader.ValueTextEquals("completion_tokens"u8) ? 2 : reader.ValueTextEquals("total_tokens"u8) ? 3 : 0;
            reader.Read();
            if (which > 0 && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var tokens) && tokens >= 0)
            {
                (input, output, total) = (which == 1 ? tokens : input, which == 2 ? tokens : output, which == 3 ? tokens : total);
            }

            reader.Skip();
        }

        return new Usage(input, output, total);
    }
}
