using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The value of an item to save.</summary>
internal static class StateValue
{
    /// <summary>Its bytes, kept as they are unless the item says that they are JSON: then daprd's store keeps them as it keeps JSON over HTTP.</summary>
    public static ReadOnlyMemory<byte> Read(StateItem item)
    {
        if (!item.Metadata.TryGetValue("contentType", out var type) || type != "application/json")
        {
            return item.Value.Memory;
        }

        if (GoJson.Parse(item.Value.Memory, out var document) is not null)
        {
            throw new RpcException(new Status(StatusCode.Unknown, GoJsonFault.Explain(item.Value.Span)));
        }

        using (document)
        {
            return CanonicalJson.Write(document!.RootElement, out _);
        }
    }
}
