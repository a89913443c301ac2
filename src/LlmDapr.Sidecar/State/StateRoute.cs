using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.State;

/// <summary>What a request for state is about.</summary>
/// <param name="Operation">What to do.</param>
/// <param name="Store">The store's name.</param>
/// <param name="Key">The key, of a get or delete.</param>
internal readonly record struct StateRoute(StateOperation Operation, string Store, string Key)
{
    private const string Prefix = "/v1.0/state/";
    private const string AlphaPrefix = "/v1.0-alpha1/state/";

    /// <summary>Reads a request's verb and path; null when they are no route of the state API. Segments are those of the path as it was sent, so that a key may hold <c>%2F</c>.</summary>
    public static StateRoute? Find(string method, RequestTarget target)
    {
        var path = target.RoutePath;
        var isAlpha = path.StartsWith(AlphaPrefix, StringComparison.Ordinal);
        if (!isAlpha && !path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var encoded = GoPath.Clean(target.EncodedPath);
        var start = isAlpha ? AlphaPrefix.Length : Prefix.Length;
        if (encoded.Length <= start)
        {
            return null;
        }

        var segments = encoded[start..].Split('/');
        var operation = isAlpha ? OfAlpha(method, segments) : Of(method, segments);
        return operation is { } found && Decode(segments[0]) is { Length: > 0 } store
            ? new StateRoute(found, store, segments.Length > 1 ? Decode(segments[1]) : "")
            : null;
    }

    private static StateOperation? Of(string method, string[] segments) => (method, segments.Length) switch
    {
        ("POST" or "PUT", 1) => StateOperation.Save,
        ("GET", 2) => StateOperation.Get,
        ("DELETE", 2) => StateOperation.Delete,
        ("POST" or "PUT", 2) when segments[1] == "bulk" => StateOperation.BulkGet,
        ("POST" or "PUT", 2) when segments[1] == "transaction" => StateOperation.Transaction,
        _ => null,
    };

    private static StateOperation? OfAlpha(string method, string[] segments) =>
        method is "POST" or "PUT" && segments.Length == 2 && segments[1] == "query" ? StateOperation.Query : null;

    // Go's router decodes a key as if it stood in a query: a plus is a space.
    private static string Decode(string segment) =>
        GoPath.TryDecode(segment.Replace('+', ' '), out var decoded) ? GoPath.ToText(decoded) : segment;
}
