namespace LlmDapr.Contracts;

/// <summary>The TCP ports that <c>dapr.yaml</c> and <c>docker-compose.yml</c> give an app and its sidecar. All lie below the ephemeral range.</summary>
/// <param name="App">The app's own HTTP port.</param>
/// <param name="DaprHttp">The sidecar's HTTP API.</param>
/// <param name="DaprGrpc">The sidecar's gRPC API.</param>
/// <param name="DaprMetrics">The sidecar's Prometheus endpoint.</param>
public sealed record AppPorts(int App, int DaprHttp, int DaprGrpc, int DaprMetrics)
{
    /// <summary>Ports of <see cref="AppIds.Edge"/>.</summary>
    public static readonly AppPorts Edge = new(5080, 3500, 3501, 3502);

    /// <summary>Ports of <see cref="AppIds.Generation"/>.</summary>
    public static readonly AppPorts Generation = new(5081, 3510, 3511, 3512);

    /// <summary>Ports of <see cref="AppIds.Simulator"/>.</summary>
    public static readonly AppPorts Simulator = new(5090, 3520, 3521, 3522);
}
