namespace LlmDapr.Sidecar.Api;

/// <summary>Header names as Go writes them: <c>X-App</c>, <c>Etag</c>, <c>Www-Authenticate</c>.</summary>
internal static class HeaderName
{
    /// <summary>The canonical form; the same string when it already is.</summary>
    public static string Canonical(string name)
    {
        var first = true;
        foreach (var c in name)
        {
            if (c == ' ' || !char.IsAscii(c))
            {
                return name;
            }

            if (first ? char.IsAsciiLetterLower(c) : char.IsAsciiLetterUpper(c))
            {
                return string.Create(name.Length, name, Write);
            }

            first = c == '-';
        }

        return name;
    }

    private static void Write(Span<char> target, string name)
    {
        var first = true;
        for (var i = 0; i < name.Length; i++)
        {
            target[i] = first ? char.ToUpperInvariant(name[i]) : char.ToLowerInvariant(name[i]);
            first = name[i] == '-';
        }
    }
}
