using System.Net.Http.Headers;
using LlmDapr.Sidecar.Api;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>What a caller is sent of the app's headers.</summary>
internal static class ResponseHeaders
{
    /// <summary>Copies the head of an answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="answer">The app's answer.</param>
    /// <param name="unpacked">Whether its gzip is taken off, so that <c>Content-Encoding</c> no longer holds.</param>
    public static void Copy(InvocationCall call, HttpResponseMessage answer, bool unpacked)
    {
        var response = call.Context.Response;
        response.StatusCode = (int)answer.StatusCode;
        var target = response.Headers;
        var connection = answer.Headers.NonValidated.TryGetValues("Connection", out var values) ? Values(values) : default;
        var named = HopByHop.NamedBy(connection);

        Copy(call, answer.Headers.NonValidated, target, named, unpacked);
        Copy(call, answer.Content.Headers.NonValidated, target, named, unpacked);
        if (response.StatusCode == StatusCodes.Status304NotModified)
        {
            target.ContentType = default;
        }

        if (call.ExactEventStream && call.Kind == ChannelKind.Remote)
        {
            target.ContentType = EventStream.MediaType;
            target.CacheControl = "no-cache";
            target.Connection = "keep-alive";
        }
    }

    private static void Copy(
        InvocationCall call, HttpHeadersNonValidated source, IHeaderDictionary target, HashSet<string>? named, bool unpacked)
    {
        foreach (var (name, values) in source)
        {
            if (HopByHop.Is(name) || (named is not null && named.Contains(name)) || IsReplaced(call, name, unpacked))
            {
                continue;
            }

            var written = name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase)
                ? "Dapr-" + HeaderName.Canonical(name)
                : HeaderName.Canonical(name);
            target[written] = Values(values);
        }
    }

    private static bool IsReplaced(InvocationCall call, string name, bool unpacked) => name.Length switch
    {
        4 => Same(name, "date"),
        14 => Same(name, "content-length"),
        16 => unpacked && Same(name, "content-encoding"),
        _ => false,
    } || (call.Kind == ChannelKind.Remote && name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase));

    private static StringValues Values(HeaderStringValues values)
    {
        if (values.Count == 1)
        {
            return new StringValues(values.ToString());
        }

        var all = new string[values.Count];
        var i = 0;
        foreach (var value in values)
        {
            all[i++] = value;
        }

        return new StringValues(all);
    }

    private static bool Same(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
