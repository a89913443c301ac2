using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LlmDapr.Simulator.Errors;

namespace LlmDapr.Simulator.Calls;

/// <summary>Typed reading of a request's fields; the first wrong one refuses the request. A field that is <c>null</c> counts as absent, as with OpenAI.</summary>
internal static class RequestFields
{
    public static bool TryField(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public static string? Text(this JsonElement element, string name, string? path = null)
    {
        if (!element.TryField(name, out JsonElement value))
        {
            return null;
        }

        Expect(value, JsonValueKind.String, path ?? name, "a string");
        return StringOf(value, path ?? name);
    }

    public static string RequiredText(this JsonElement element, string name, string? path = null) =>
        element.Text(name, path) ?? throw new RefusedException(ProviderErrors.Missing(path ?? name));

    public static bool Flag(this JsonElement element, string name, string? path = null)
    {
        if (!element.TryField(name, out JsonElement value))
        {
            return false;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new RefusedException(ProviderErrors.WrongType(path ?? name, "a boolean", Kind(value))),
        };
    }

    public static int? Whole(this JsonElement element, string name, int min, int max)
    {
        if (!element.TryField(name, out JsonElement value))
        {
            return null;
        }

        Expect(value, JsonValueKind.Number, name, "an integer");
        if (!value.TryGetInt32(out int number) || number < min || number > max)
        {
            throw new RefusedException(ProviderErrors.WrongValue(name, $"an integer from {min} to {max}"));
        }

        return number;
    }

    public static JsonElement? Object(this JsonElement element, string name, string? path = null)
    {
        if (!element.TryField(name, out JsonElement value))
        {
            return null;
        }

        Expect(value, JsonValueKind.Object, path ?? name, "an object");
        return value;
    }

    public static JsonElement? Array(this JsonElement element, string name, string? path = null)
    {
        if (!element.TryField(name, out JsonElement value))
        {
            return null;
        }

        Expect(value, JsonValueKind.Array, path ?? name, "an array");
        return value;
    }

    public static void Expect(JsonElement value, JsonValueKind kind, string path, string expected)
    {
        if (value.ValueKind != kind)
        {
            throw new RefusedException(ProviderErrors.WrongType(path, expected, Kind(value)));
        }
    }

    /// <summary>A string's text. Half a surrogate pair (<c>"\ud800"</c>) is JSON but not text.</summary>
    public static string StringOf(JsonElement value, string path)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(ProviderErrors.WrongValue(path, "valid Unicode text"));
        }
    }

    [SuppressMessage("Style", "IDE0072:Add missing cases", Justification = "Undefined can't be read.")]
    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
