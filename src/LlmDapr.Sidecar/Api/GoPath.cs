using System.Text;

namespace LlmDapr.Sidecar.Api;

/// <summary>
/// Paths as daprd's router and URL writer treat them. A decoded path is a string of bytes (one char each, 0 to 255), because a
/// percent-encoded byte need not be part of valid UTF-8.
/// </summary>
internal static class GoPath
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Resolves <c>//</c>, <c>.</c> and <c>..</c> of a rooted path and drops a trailing slash.</summary>
    public static string Clean(string path)
    {
        if (IsClean(path))
        {
            return path;
        }

        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>Decodes percent escapes; false when one is malformed.</summary>
    public static bool TryDecode(string text, out string decoded)
    {
        decoded = text;
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return true;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return false;
            }

            result.Append((char)Convert.ToInt32(text.Substring(i + 1, 2), 16));
            i += 2;
        }

        decoded = result.ToString();
        return true;
    }

    /// <summary>The first malformed escape of a path, as Go's error shows it; null when there is none.</summary>
    public static string? BadEscape(string path)
    {
        for (var i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
        {
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return path.Substring(i, Math.Min(3, path.Length - i));
            }
        }

        return null;
    }

    /// <summary>Writes a path for a request line: verbatim where each byte may stand there, else decoded and encoded anew.</summary>
    public static string Encode(string path)
    {
        var valid = true;
        foreach (var c in path)
        {
            valid &= Unreserved(c) || "!$&'()*+,;=:@[]/%".Contains(c, StringComparison.Ordinal);
        }

        if (valid)
        {
            return path;
        }

        TryDecode(path, out var decoded);
        var result = new StringBuilder(path.Length + 16);
        foreach (var c in decoded)
        {
            if (Unreserved(c) || "$&+,/:;=@".Contains(c, StringComparison.Ordinal))
            {
                result.Append(c);
            }
            else
            {
                result.Append('%').Append(Hex[(c >> 4) & 15]).Append(Hex[c & 15]);
            }
        }

        return result.ToString();
    }

    /// <summary>A string of bytes as text, for messages.</summary>
    public static string ToText(string bytes) => Ascii.IsValid(bytes) ? bytes : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(bytes));

    private static bool Unreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~';

    private static bool IsClean(string path)
    {
        if (path.Length == 0 || path[0] != '/')
        {
            return false;
        }

        for (var i = 1; i < path.Length; i++)
        {
            if (path[i - 1] == '/' && path[i] is '/' or '.')
            {
                return false;
            }
        }

        return path.Length == 1 || path[^1] != '/';
    }
}
