using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Edge.Forwarding;

/// <summary>The gates of generation's paths.</summary>
internal sealed class GenerationGates
{
    public const string MeterName = "LlmDapr.Edge.Forwarding";

    private readonly FrozenDictionary<string, PathGate> _gates;

    public GenerationGates(GenerationProbe probe, TimeProvider time, IHostApplicationLifetime lifetime, IMeterFactory meters)
    {
        _gates = new[] { HopRoutes.ChatCompletions, HopRoutes.Embeddings }.ToFrozenDictionary(
            path => path,
            path => new PathGate(path, stopping => probe.AskAsync(path, stopping), time, lifetime.ApplicationStopping),
            StringComparer.Ordinal);
        meters.Create(MeterName).CreateObservableGauge(
            "llmdapr.hop.gate_shut",
            () => _gates.Values.Select(gate => new Measurement<int>(gate.IsShut ? 1 : 0, new KeyValuePair<string, object?>("path", gate.Path))),
            description: "1 while edge refuses calls to a path of generation because Dapr's breaker is open.");
    }

    public PathGate this[string path] => _gates[path];
}
