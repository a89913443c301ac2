using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>Headers that belong to one connection and never pass a sidecar.</summary>
internal static class HopByHop
{
    /// <summary>Whether the header is one by its name.</summary>
    public static bool Is(string name) => name.Length switch
    {
        2 => Same(name, "te"),
        7 => Same(name, "upgrade") || Same(name, "trailer"),
        10 => Same(name, "connection") || Same(name, "keep-alive"),
        14 => Same(name, "http2-settings"),
        16 => Same(name, "proxy-connection"),
        17 => Same(name, "transfer-encoding"),
        18 => Same(name, "proxy-authenticate"),
        19 => Same(name, "proxy-authorization"),
        _ => false,
    };

    /// <summary>The names that a Connection header adds; null when it adds none.</summary>
    public static HashSet<string>? NamedBy(StringValues connection)
    {
        HashSet<string>? names = null;
        foreach (var line in connection)
        {
            foreach (var part in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (!Same(part, "keep-alive") && !Same(part, "close"))
                {
                    (names ??= new HashSet<string>(StringComparer.OrdinalIgnoreCase)).Add(part);
                }
            }
        }

        return names;
    }

    private static bool Same(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
