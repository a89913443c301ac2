namespace LlmDapr.Sidecar.Api;

/// <summary>A query as Go reads it: names with their case, <c>+</c> as a space, and of a repeated name the first.</summary>
internal static class GoQuery
{
    private const string MetadataPrefix = "metadata.";

    /// <summary>The first value of a name; null when there is none.</summary>
    public static string? Find(string query, string name)
    {
        foreach (var (key, value) in Pairs(query))
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The parameters <c>metadata.NAME</c> by NAME.</summary>
    public static IReadOnlyDictionary<string, string> Metadata(string query)
    {
        if (!query.Contains(MetadataPrefix, StringComparison.Ordinal))
        {
            return System.Collections.Frozen.FrozenDictionary<string, string>.Empty;
        }

        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in Pairs(query))
        {
            if (key.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                metadata.TryAdd(key[MetadataPrefix.Length..], value);
            }
        }

        return metadata;
    }

    private static IEnumerable<(string Key, string Value)> Pairs(string query)
    {
        foreach (var pair in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            yield return equals < 0 ? (Decode(pair), "") : (Decode(pair[..equals]), Decode(pair[(equals + 1)..]));
        }
    }

    private static string Decode(string text) => GoPath.TryDecode(text.Replace('+', ' '), out var decoded) ? GoPath.ToText(decoded) : text;
}
