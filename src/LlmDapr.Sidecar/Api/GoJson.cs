using System.Globalization;
using System.Text.Json;

namespace LlmDapr.Sidecar.Api;

/// <summary>JSON of requests as Go's decoder takes it: the first value counts and what follows is not looked at; errors are in its words.</summary>
internal static class GoJson
{
    // Go's own limit is 10,000; this one keeps the recursion over values harmless.
    private const int MaxDepth = 1000;

    /// <summary>Parses a body; returns Go's error, or null and the document.</summary>
    public static string? Parse(ReadOnlyMemory<byte> body, out JsonDocument? document)
    {
        document = null;
        var text = body.Span;
        var reader = new Utf8JsonReader(text, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true }));
        if (text.TrimStart(" \t\r\n"u8).IsEmpty)
        {
            return "EOF";
        }

        try
        {
            document = JsonDocument.ParseValue(ref reader);
            return null;
        }
        catch (JsonException broken)
        {
            return Fault(text, broken);
        }
    }

    /// <summary>Whether bytes are exactly one JSON value.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Go's error for a value of the wrong type.</summary>
    /// <param name="value">The value.</param>
    /// <param name="where">Such as <c>Go struct field SetRequest.key</c> or <c>Go value</c>.</param>
    /// <param name="type">Go's type.</param>
    public static string WrongType(JsonElement value, string where, string type) => $"json: cannot unmarshal {Name(value)} into {where} of type {type}";

    private static string Name(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "bool",
    };

    private static string Fault(ReadOnlySpan<byte> text, JsonException broken)
    {
        var at = 0;
        for (var line = broken.LineNumber ?? 0; line > 0; line--)
        {
            at += text[at..].IndexOf((byte)'\n') + 1;
        }

        at += (int)(broken.BytePositionInLine ?? 0);
        if (at >= text.Length || IsCutOff(text))
        {
            return "unexpected EOF";
        }

        var c = (char)text[at];
        return string.Create(CultureInfo.InvariantCulture, $"invalid character {(c == '\'' ? @"'\''" : char.IsControl(c) ? $"'\\x{(int)c:x2}'" : $"'{c}'")} looking for beginning of value");
    }

    // Not an error so far, only not the end.
    private static bool IsCutOff(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = true }));
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
