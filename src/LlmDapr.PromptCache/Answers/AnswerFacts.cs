using System.Text.Json;
using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Entries;

namespace LlmDapr.PromptCache.Answers;

/// <summary>Reads what policy needs out of an answer.</summary>
internal static class AnswerFacts
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    /// <summary>What an answer says that it cost; null when it does not say, or is not one JSON object.</summary>
    public static TokenUsage? UsageOf(ReadOnlySpan<byte> body)
    {
        TokenUsage? usage = null;
        try
        {
            var reader = new Utf8JsonReader(body, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isUsage = reader.ValueTextEquals("usage"u8);
                reader.Read();
                if (isUsage && reader.TokenType == JsonTokenType.StartObject)
                {
                    usage = ReadUsage(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            return reader.Read() ? null : usage;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The error of an event <c>{"error":{…}}</c>: a clock's is a 504, any other the provider's.</summary>
    public static ApiError ErrorOf(ReadOnlyMemory<byte> data)
    {
        try
        {
            using var json = JsonDocument.Parse(data);
            var error = json.RootElement.GetProperty("error");
            string? Said(string name) => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            var type = Said("type") ?? ErrorTypes.Upstream;
            return new ApiError(type == ErrorTypes.Timeout ? 504 : 502, type, Said("code"), Said("message") ?? "The provider reported an error inside the stream.", Said("param"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return ApiError.Upstream("The provider reported an error inside the stream.");
        }
    }

    private static TokenUsage ReadUsage(ref Utf8JsonReader reader)
    {
        var (input, output) = (0L, 0L);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var which = reader.ValueTextEquals("prompt_tokens"u8) ? 1 : reader.ValueTextEquals("completion_tokens"u8) ? 2 : 0;
            reader.Read();
            if (which > 0 && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var tokens) && tokens >= 0)
            {
                (input, output) = which == 1 ? (tokens, output) : (input, tokens);
            }

            reader.Skip();
        }

        return new TokenUsage(input, output);
    }
}
