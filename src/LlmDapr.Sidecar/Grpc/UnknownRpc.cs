using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>
/// Paths that are no rpc of the development sidecar. daprd takes what it does not know for a call to proxy to another app and asks for
/// that app's id; an rpc that daprd does know and the development sidecar does not is UNIMPLEMENTED, and so is proxying.
/// </summary>
internal static class UnknownRpc
{
    private const string DaprPackage = "/dapr.proto.runtime.v1.";

    private static readonly HashSet<string> DaprRpcs =
        [.. DaprReflection.Descriptor.Services.SelectMany(service => service.Methods.Select(method => $"/{service.FullName}/{method.Name}"))];

    /// <summary>Answers a call.</summary>
    public static Task WriteAsync(HttpContext context, SidecarInstance sidecar, ILogger logger)
    {
        var path = context.Request.Path.Value ?? "";
        if (DaprRpcs.Contains(path))
        {
            logger.RpcNotServed(sidecar.AppId, path);
            return TrailersOnly.WriteAsync(context, StatusCode.Unimplemented, $"{path[1..]}: not served by the development sidecar; use daprd for it");
        }

        if (CalleeOf(context.Request.Headers) is not { Length: > 0 } callee)
        {
            // With tracing on daprd notices in another place, unless it takes the path for one of Dapr's own.
            return TrailersOnly.WriteAsync(
                context,
                StatusCode.Unknown,
                sidecar.Tracing == Tracing.Off || path.StartsWith(DaprPackage, StringComparison.Ordinal)
                    ? "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found"
                    : "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata");
        }

        if (!sidecar.Routes.Knows(callee))
        {
            return TrailersOnly.WriteAsync(context, StatusCode.Unknown, "no host found with the given ID");
        }

        logger.RpcNotServed(sidecar.AppId, path);
        return TrailersOnly.WriteAsync(context, StatusCode.Unimplemented, $"{path}: gRPC calls to apps are not served by the development sidecar; use daprd for them");
    }

    private static string? CalleeOf(IHeaderDictionary headers) =>
        headers.TryGetValue("dapr-callee-app-id", out var callee) || headers.TryGetValue("dapr-app-id", out callee) ? callee[0] : null;
}
