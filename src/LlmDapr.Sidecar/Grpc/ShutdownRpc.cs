using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Grpc;

/// <summary><c>Shutdown</c>, which does what <c>POST /v1.0/shutdown</c> does.</summary>
internal sealed class ShutdownRpc(SidecarInstance sidecar, ILogger logger)
{
    /// <summary>Answers first, then lets the sidecar end.</summary>
    public Task<Empty> ShutdownAsync(ShutdownRequest request, ServerCallContext context)
    {
        logger.ShutdownRequested(sidecar.AppId);
        context.GetHttpContext().Response.OnCompleted(() =>
        {
            sidecar.BeginShutdown();
            return Task.CompletedTask;
        });
        return Task.FromResult(new Empty());
    }
}
