using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>Publishing over gRPC.</summary>
internal sealed class PublishRpcs(SidecarInstance sidecar)
{
    private static readonly Empty Done = new();

    /// <summary><c>PublishEvent</c>. It is answered when the message survives a kill of every process.</summary>
    public async Task<Empty> PublishAsync(PublishEventRequest request, ServerCallContext context)
    {
        var call = new PublishCall(
            request.PubsubName,
            request.Topic,
            request.Data.Memory,
            request.DataContentType,
            request.Metadata,
            TraceContext.Of(context.GetHttpContext().Request.Headers, sidecar.Tracing));
        return await sidecar.Publisher.PublishAsync(call, context.CancellationToken) is { } refusal ? throw Create(refusal) : Done;
    }

    private static RpcException Create(PublishRefusal refusal)
    {
        // Without a component daprd's HTTP API repeats the message in the metadata, and its gRPC API does not.
        IMessage info = RpcFailure.Info(refusal.Reason, refusal.Resource == "" ? [] : [.. refusal.ErrorMetadata]);
        var code = (StatusCode)refusal.GrpcCode;
        return refusal.Resource is { } name
            ? RpcFailure.Create(code, refusal.Message, new ResourceInfo { ResourceType = "pubsub", ResourceName = name, Description = refusal.Message }, info)
            : RpcFailure.Create(code, refusal.Message, info);
    }
}
