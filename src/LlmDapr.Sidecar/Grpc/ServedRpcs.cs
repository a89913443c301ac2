using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Metadata;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>
/// The rpcs that are served, and what serves each. <c>Dapr.Protos</c> has the messages but no server base, so they are bound here by name;
/// bound to delegates they also need no service object and no reflection in each call.
/// </summary>
internal static class ServedRpcs
{
    /// <summary>Binds them.</summary>
    public static ServerServiceDefinition Bind(SidecarInstance sidecar, MetadataStore metadata, ILogger logger)
    {
        var state = new StateRpcs(sidecar);
        var self = new MetadataRpcs(sidecar, metadata);
        var rpcs = new Binder(ServerServiceDefinition.CreateBuilder(), sidecar.Options.MaxBodySize);
        rpcs.Add("GetState", GetStateRequest.Parser, GetStateResponse.Parser, state.GetAsync);
        rpcs.Add("GetBulkState", GetBulkStateRequest.Parser, GetBulkStateResponse.Parser, state.BulkGetAsync);
        rpcs.Add("SaveState", SaveStateRequest.Parser, Empty.Parser, state.SaveAsync);
        rpcs.Add("DeleteState", DeleteStateRequest.Parser, Empty.Parser, state.DeleteAsync);
        rpcs.Add("DeleteBulkState", DeleteBulkStateRequest.Parser, Empty.Parser, state.BulkDeleteAsync);
        rpcs.Add("PublishEvent", PublishEventRequest.Parser, Empty.Parser, new PublishRpcs(sidecar).PublishAsync);
        rpcs.Add("GetMetadata", GetMetadataRequest.Parser, GetMetadataResponse.Parser, self.GetAsync);
        rpcs.Add("SetMetadata", SetMetadataRequest.Parser, Empty.Parser, self.SetAsync);
        rpcs.Add("Shutdown", ShutdownRequest.Parser, Empty.Parser, new ShutdownRpc(sidecar, logger).ShutdownAsync);
        return rpcs.Definition.Build();
    }

    private sealed record Binder(ServerServiceDefinition.Builder Definition, long MaxBodySize)
    {
        public void Add<TRequest, TResponse>(
            string name, MessageParser<TRequest> request, MessageParser<TResponse> response, UnaryServerMethod<TRequest, TResponse> serve)
            where TRequest : class, IMessage<TRequest>
            where TResponse : class, IMessage<TResponse> =>
            Definition.AddMethod(
                new Method<TRequest, TResponse>(
                    MethodType.Unary,
                    DaprReflection.Descriptor.Services[0].FullName,
                    name,
                    MessageMarshaller.Of(request, MaxBodySize),
                    MessageMarshaller.Of(response, MaxBodySize)),
                serve);
    }
}
