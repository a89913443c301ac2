using System.Text.Json;

namespace LlmDapr.PromptCache.Answers;

internal static class EventKinds
{
    private const int MaxDepth = 256;

    /// <summary>What an event is, by its data.</summary>
    public static EventKind Of(ReadOnlySpan<byte> data) =>
        data.SequenceEqual("[DONE]"u8) ? EventKind.Done
        : data.StartsWith("{\"error\":{"u8) ? EventKind.Error
        : data.IndexOf("\"usage\""u8) >= 0 && IsUsage(data) ? EventKind.Usage
        : EventKind.Part;

    private static bool IsUsage(ReadOnlySpan<byte> data)
    {
        var (usage, choices) = (false, false);
        try
        {
            var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isUsage, isChoices) = (reader.ValueTextEquals("usage"u8), reader.ValueTextEquals("choices"u8));
                reader.Read();
                usage |= isUsage && reader.TokenType == JsonTokenType.StartObject;
                if (isChoices && reader.TokenType == JsonTokenType.StartArray)
                {
                    reader.Read();
                    choices |= reader.TokenType != JsonTokenType.EndArray;
                    while (reader.TokenType != JsonTokenType.EndArray)
                    {
                        reader.Skip();
                        reader.Read();
                    }
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return usage && !choices;
    }
}
