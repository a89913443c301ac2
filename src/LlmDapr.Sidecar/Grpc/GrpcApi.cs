using System.Collections.Frozen;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The gRPC API of one sidecar: HTTP/2 without TLS and without an upgrade, on a port of its own.</summary>
/// <param name="sidecar">The sidecar.</param>
/// <param name="rpcs">What is served, by path (see <see cref="RpcEndpoints"/>).</param>
/// <param name="logger">The log.</param>
internal sealed class GrpcApi(SidecarInstance sidecar, FrozenDictionary<string, RequestDelegate> rpcs, ILogger logger)
{
    private readonly long _most = sidecar.Options.MaxBodySize;

    /// <summary>Answers one call.</summary>
    public Task HandleAsync(HttpContext context)
    {
        if (RpcToken.Refuse(context, sidecar.Options.DaprApiToken) is { } refused)
        {
            return refused;
        }

        if (sidecar.Options.EnableApiLogging)
        {
            logger.RpcCalled(sidecar.AppId, context.Request.Path.Value ?? "");
        }

        if (!rpcs.TryGetValue(context.Request.Path.Value ?? "", out var rpc))
        {
            return UnknownRpc.WriteAsync(context, sidecar, logger);
        }

        // Mostly the message is there already: then no state machine is needed.
        var size = MessageSize.PeekAsync(context.Request.BodyReader, context.RequestAborted);
        return size.IsCompletedSuccessfully ? ServeAsync(context, rpc, size.Result) : AwaitAsync(context, rpc, size);
    }

    private async Task AwaitAsync(HttpContext context, RequestDelegate rpc, ValueTask<long> size) => await ServeAsync(context, rpc, await size);

    private Task ServeAsync(HttpContext context, RequestDelegate rpc, long size) =>
        size > _most
            ? TrailersOnly.WriteAsync(context, StatusCode.ResourceExhausted, $"grpc: received message larger than max ({size} vs. {_most})")
            : rpc(context);
}
