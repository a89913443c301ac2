using System.Net.Http.Headers;
using LlmDapr.Sidecar.Api;
using Microsoft.Extensions.Primitives;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>What an app is sent: the caller's headers without those of the connection and of Dapr itself, and Dapr's own.</summary>
internal static class RequestHeaders
{
    /// <summary>Fills the headers of one attempt.</summary>
    /// <param name="call">The call.</param>
    /// <param name="channel">The app that gets it.</param>
    /// <param name="request">The request to the app.</param>
    /// <param name="attempt">Which attempt this is, from 1: each one adds the forwarding headers once more, as daprd's do.</param>
    public static void Copy(InvocationCall call, AppChannel channel, HttpRequestMessage request, int attempt)
    {
        var given = call.Context.Request.Headers;
        var target = request.Headers;
        var named = HopByHop.NamedBy(given.Connection);
        var dropIdentity = call.Kind == ChannelKind.Remote;

        foreach (var (name, values) in given)
        {
            if (HopByHop.Is(name) || (named is not null && named.Contains(name)) || IsSidecars(call, channel, name, values, dropIdentity))
            {
                continue;
            }

            Add(request, target, Rename(name), values);
        }

        if (call.ExactEventStream)
        {
            target.TryAddWithoutValidation("Accept", EventStream.MediaType);
        }

        if (given.UserAgent.Count == 0)
        {
            target.TryAddWithoutValidation("User-Agent", "Go-http-client/1.1");
        }

        // Go's client asks for gzip, and unpacks it again, when nobody else did.
        if (call.AsksForGzip)
        {
            target.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }

        if (call.Trace.Replaces)
        {
            target.TryAddWithoutValidation("Traceparent", call.Trace.Traceparent);
        }

        if (channel.AppToken is { } token)
        {
            target.TryAddWithoutValidation("Dapr-Api-Token", token);
        }

        if (call.Kind == ChannelKind.Remote)
        {
            target.TryAddWithoutValidation("Dapr-Caller-App-Id", call.Caller.AppId);
            target.TryAddWithoutValidation("Dapr-Caller-Namespace", "default");
            target.TryAddWithoutValidation("Dapr-Callee-App-Id", channel.AppId);
            for (var i = 0; i < attempt; i++)
            {
                target.TryAddWithoutValidation("Forwarded", HostIdentity.Forwarded);
                target.TryAddWithoutValidation("X-Forwarded-For", HostIdentity.Address);
                target.TryAddWithoutValidation("X-Forwarded-Host", HostIdentity.Name);
            }
        }
    }

    /// <summary>Whether a caller says itself who it is or whom it calls.</summary>
    public static bool HasMadeUpIdentity(IHeaderDictionary given) =>
        given.ContainsKey("dapr-caller-app-id") || given.ContainsKey("dapr-callee-app-id") || given.ContainsKey("dapr-caller-namespace");

    private static bool IsSidecars(InvocationCall call, AppChannel channel, string name, StringValues values, bool dropIdentity) => name.Length switch
    {
        4 => Same(name, "host"),
        6 => call.ExactEventStream && Same(name, "accept"),
        11 => (Same(name, "dapr-app-id") && values is [{ Length: > 0 }, ..]) || (call.Trace.Replaces && Same(name, "traceparent")),
        14 => Same(name, "content-length") || (Same(name, "dapr-api-token") && (call.DropsApiToken || channel.AppToken is not null)),

        // daprd 1.18 passes an identity that the caller made up beside the true one; 1.19 and this sidecar do not.
        18 => dropIdentity && (Same(name, "dapr-caller-app-id") || Same(name, "dapr-callee-app-id")),
        21 => dropIdentity && Same(name, "dapr-caller-namespace"),
        _ => false,
    } || (dropIdentity && name.EndsWith("-bin", StringComparison.OrdinalIgnoreCase));

    private static void Add(HttpRequestMessage request, HttpRequestHeaders target, string name, StringValues values)
    {
        if (Same(name, "Cookie") && values.Count > 1)
        {
            // HttpClient would join the lines with a comma, which is part of a cookie's value.
            values = string.Join("; ", values.ToArray());
        }

        if (values.Count == 1)
        {
            if (!target.TryAddWithoutValidation(name, values[0]))
            {
                AddToContent(request, name, values);
            }
        }
        else if (!target.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            AddToContent(request, name, values);
        }
    }

    private static void AddToContent(HttpRequestMessage request, string name, StringValues values)
    {
        if (request.Content is null)
        {
            request.Options.Set(AppChannel.ContentHeaders, request.Options.TryGetValue(AppChannel.ContentHeaders, out var more)
                ? [.. more, new KeyValuePair<string, StringValues>(name, values)]
                : [new KeyValuePair<string, StringValues>(name, values)]);
            return;
        }

        request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
    }

    // A call to another app travels between sidecars as gRPC metadata, where "grpc-" is reserved.
    private static string Rename(string name) =>
        name.StartsWith("grpc-", StringComparison.OrdinalIgnoreCase) ? "Dapr-" + HeaderName.Canonical(name) : HeaderName.Canonical(name);

    private static bool Same(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
