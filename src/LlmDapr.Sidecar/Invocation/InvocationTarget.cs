using System.Text;
using LlmDapr.Sidecar.Api;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>Which app a request is for, by the three forms. A header wins over Basic, Basic over the path.</summary>
/// <param name="AppId">The id as given, namespace included.</param>
/// <param name="Method">What is asked of the app, without its first slash: the part of the path that a breaker's key has.</param>
/// <param name="ByHeader">Whether the <c>dapr-app-id</c> header named the app (it is not passed on then).</param>
internal readonly record struct InvocationTarget(string AppId, string Method, bool ByHeader)
{
    private const string Header = "dapr-app-id";
    private const string BasicUser = "dapr-app-id:";

    /// <summary>Finds the app; false when the request names none.</summary>
    public static bool TryFind(string path, IHeaderDictionary headers, out InvocationTarget target)
    {
        // With two headers the first counts. An empty one is none.
        if (headers.TryGetValue(Header, out var named) && named.Count > 0 && named[0] is { Length: > 0 } byHeader)
        {
            target = new InvocationTarget(byHeader, GoPath.Clean(path).TrimStart('/'), ByHeader: true);
            return true;
        }

        if (FromBasic(headers.Authorization) is { Length: > 0 } byBasic)
        {
            target = new InvocationTarget(byBasic, GoPath.Clean(path).TrimStart('/'), ByHeader: false);
            return true;
        }

        return TryFindInPath(path, out target);
    }

    private static string? FromBasic(StringValues authorization)
    {
        const string Scheme = "Basic ";
        if (authorization.Count == 0 || authorization[0] is not { } value || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var pair = Encoding.UTF8.GetString(Convert.FromBase64String(value[Scheme.Length..]));
            return pair.StartsWith(BasicUser, StringComparison.Ordinal) ? pair[BasicUser.Length..] : null;
        }
        catch (FormatException)
        {
            // Not Basic as RFC 7617 defines it: then it is the app's own business.
            return null;
        }
    }

    // Not the cleaned path: an id may be a URL, whose two slashes cleaning would merge.
    private static bool TryFindInPath(string path, out InvocationTarget target)
    {
        target = default;
        var rest = path.AsSpan().TrimStart('/');
        if (!TakeSegment(ref rest, "v1.0") || !TakeSegment(ref rest, "invoke"))
        {
            return false;
        }

        var at = rest.IndexOf("/method/", StringComparison.Ordinal);
        if (at <= 0)
        {
            return false;
        }

        target = new InvocationTarget(rest[..at].ToString(), rest[(at + "/method/".Length)..].ToString(), ByHeader: false);
        return true;
    }

    private static bool TakeSegment(ref ReadOnlySpan<char> rest, string name)
    {
        if (!rest.StartsWith(name, StringComparison.Ordinal) || rest.Length == name.Length || rest[name.Length] != '/')
        {
            return false;
        }

        rest = rest[name.Length..].TrimStart('/');
        return true;
    }
}
