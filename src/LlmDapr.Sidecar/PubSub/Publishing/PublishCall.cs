using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>What a publisher asks for, by HTTP or gRPC.</summary>
/// <param name="PubSubName">The component.</param>
/// <param name="Topic">The topic.</param>
/// <param name="Data">The body, as it was sent.</param>
/// <param name="ContentType">The body's type; empty = text/plain.</param>
/// <param name="Metadata">The caller's metadata (ttlInSeconds, cloudevent.*, its own), keys as they were sent.</param>
/// <param name="Trace">The call's trace context.</param>
internal sealed record PublishCall(
    string PubSubName,
    string Topic,
    ReadOnlyMemory<byte> Data,
    string ContentType,
    IReadOnlyDictionary<string, string> Metadata,
    TraceContext Trace);
