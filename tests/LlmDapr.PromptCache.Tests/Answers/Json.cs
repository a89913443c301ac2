using System.Text;
using System.Text.Json;

namespace LlmDapr.PromptCache.Tests.Answers;

internal static class Json
{
    /// <summary>The same text for what is the same JSON but for the order of members; numbers and escapes keep their spelling.</summary>
    public static string Canonical(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        var text = new StringBuilder();
        Write(document.RootElement, text);
        return text.ToString();
    }

    public static string Canonical(string json) => Canonical(Encoding.UTF8.GetBytes(json));

    private static void Write(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    text.Append('"').Append(member.Name).Append("\":");
                    Write(member.Value, text);
                    text.Append(',');
                }

                text.Append('}');
                break;

            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, text);
                    text.Append(',');
                }

                text.Append(']');
                break;

            default:
                text.Append(value.GetRawText());
                break;
        }
    }
}
