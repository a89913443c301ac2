using Grpc.Core;
using LlmDapr.Sidecar.Tokens;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The token of gRPC callers. Without it nothing is answered, not even that an rpc does not exist.</summary>
internal static class RpcToken
{
    private static readonly byte[] Missing = Details("missing api token in request metadata");
    private static readonly byte[] Wrong = Details("authentication error: api token mismatch");

    /// <summary>Refuses a call without the token; null when it has it or none is wanted.</summary>
    public static Task? Refuse(HttpContext context, string? wanted) =>
        ApiToken.Accepts(wanted, context.Request.Headers)
            ? null
            : TrailersOnly.WriteAsync(context, StatusCode.Unauthenticated, "Unauthorized", context.Request.Headers.ContainsKey(ApiToken.Header) ? Wrong : Missing);

    private static byte[] Details(string error) =>
        RpcFailure.Details(
            StatusCode.Unauthenticated,
            "Unauthorized",
            RpcFailure.Info("Unauthorized", KeyValuePair.Create("http.error_message", error), KeyValuePair.Create("http.code", "401")));
}
