using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Callers;

namespace LlmDapr.Edge.Forwarding;

/// <summary>What generation is asked for.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Body">The caller's body, as it came.</param>
/// <param name="Caller">Who asks, and what is left of the time.</param>
internal sealed record GenerationRequest(RequestKind Kind, ReadOnlyMemory<byte> Body, Caller Caller)
{
    /// <summary>One of <see cref="Priorities"/>.</summary>
    public string Priority { get; init; } = Priorities.Interactive;

    /// <summary>Whether edge wants the usage of a stream itself.</summary>
    public bool KeepsUsage { get; init; }
}
