using Grpc.Net.Client;

namespace LlmDapr.ServiceDefaults.Sidecars;

/// <summary>How the sidecar's gRPC port is connected to.</summary>
internal static class SidecarChannel
{
    // gRPC's own way is to wait longer after each attempt, up to two minutes, to spare a distant server; meanwhile every call fails unsent. The sidecar is on this machine, and
    // once it is back nobody is to do without state that long.
    private static readonly TimeSpan MostBetweenAttempts = TimeSpan.FromSeconds(1);

    /// <summary>New options; the Dapr client's own defaults but for the attempts to connect.</summary>
    public static GrpcChannelOptions Options() => new()
    {
        ThrowOperationCanceledOnCancellation = true,
        InitialReconnectBackoff = MostBetweenAttempts / 4,
        MaxReconnectBackoff = MostBetweenAttempts,
    };
}
