using Dapr.Client.Autogen.Grpc.v1;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>The value of an item to save.</summary>
internal static class StateValue
{
    /// <summary>Its bytes.</summary>
    public static ReadOnlyMemory<byte> Read(StateItem item) => item.Value.Memory;
}
