using System.Buffers;
using System.Globalization;
using System.Text;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>The metadata of a publish: where it comes from and what some of its keys mean.</summary>
internal static class PublishMetadata
{
    private const string Prefix = "metadata.";

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>The <c>metadata.*</c> parameters of a query; of a repeated one the first value counts.</summary>
    public static Dictionary<string, string> OfQuery(string query)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (Decode(equals < 0 ? pair : pair[..equals]) is { } key && key.StartsWith(Prefix, StringComparison.Ordinal)
                && Decode(equals < 0 ? "" : pair[(equals + 1)..]) is { } value)
            {
                metadata.TryAdd(key[Prefix.Length..], value);
            }
        }

        return metadata;
    }

    /// <summary>What makes a message undeliverable, or null: each key and value is a header of the delivery.</summary>
    public static string? FindUndeliverable(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            if (key.Length == 0 || key.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                return $"the key '{key}' is no header name: use letters, digits and - . _ only";
            }

            if (value.AsSpan().ContainsAnyInRange('\0', '\b') || value.AsSpan().ContainsAnyInRange('\n', '\u001f') || value.Contains('\u007f', StringComparison.Ordinal))
            {
                return $"the value of '{key}' has a line break or another control character, which no header can carry";
            }
        }

        return null;
    }

    /// <summary>How long the message is wanted: <c>ttlInSeconds</c>, when it is a whole number from 0.</summary>
    public static TimeSpan? TimeToLive(IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (key, value) in metadata)
        {
            if (key.Equals("ttlInSeconds", StringComparison.OrdinalIgnoreCase)
                && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && seconds >= 0)
            {
                // Go's longest duration, 292 years.
                return TimeSpan.FromSeconds(Math.Min(seconds, 9_223_372_036));
            }
        }

        return null;
    }

    /// <summary>Whether the body is to be published as it is; null when the value is no boolean of Go's.</summary>
    public static bool? IsRaw(IReadOnlyDictionary<string, string> metadata, out string value)
    {
        value = metadata.GetValueOrDefault("rawPayload", "false");
        return value switch
        {
            "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
            "0" or "f" or "F" or "FALSE" or "false" or "False" or "" => false,
            _ => null,
        };
    }

    // Go leaves out a pair that has a malformed escape.
    private static string? Decode(string text) =>
        !GoPath.TryDecode(ToBytes(text.Replace('+', ' ')), out var decoded) ? null : GoPath.ToText(decoded);

    private static string ToBytes(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
