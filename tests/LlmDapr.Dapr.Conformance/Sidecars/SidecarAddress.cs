namespace LlmDapr.Dapr.Conformance.Sidecars;

/// <summary>Where a sidecar listens.</summary>
/// <param name="Http">The HTTP API's port.</param>
/// <param name="Grpc">The gRPC API's port.</param>
/// <param name="Metrics">The Prometheus endpoint's port.</param>
public sealed record SidecarAddress(int Http, int Grpc, int Metrics);
