namespace LlmDapr.Sidecar.Api;

/// <summary>A request line's target, taken apart as daprd does.</summary>
/// <param name="Path">The decoded path, not cleaned (see <see cref="GoPath"/>).</param>
/// <param name="RoutePath">The path that the API's own routes are matched with: cleaned, without a trailing slash.</param>
/// <param name="Query">The query as it was sent, with its <c>?</c>; empty when there is none or it is empty.</param>
/// <param name="EncodedPath">The path as it was sent, escapes and all.</param>
internal readonly record struct RequestTarget(string Path, string RoutePath, string Query, string EncodedPath)
{
    /// <summary>Takes a target apart; false when its path has a malformed escape.</summary>
    public static bool TryParse(string raw, out RequestTarget target)
    {
        target = default;
        var start = 0;
        if (raw.Length > 0 && raw[0] != '/')
        {
            // The absolute form, as proxies are addressed: scheme and host are of no interest.
            var host = raw.IndexOf("://", StringComparison.Ordinal);
            start = host < 0 ? 0 : raw.IndexOf('/', host + 3);
            if (start < 0)
            {
                (raw, start) = ("/", 0);
            }
        }

        var question = raw.IndexOf('?', start);
        var encoded = question < 0 ? raw[start..] : raw[start..question];
        if (!GoPath.TryDecode(encoded, out var path))
        {
            return false;
        }

        var query = question < 0 || question == raw.Length - 1 ? "" : raw[question..];
        target = new RequestTarget(path, GoPath.Clean(path), query, encoded);
        return true;
    }
}
