namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One valid Resiliency resource, as far as the development sidecar needs it.</summary>
internal sealed record ResiliencyResource
{
    public required string File { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyDictionary<string, RetryPolicy> Retries { get; init; }

    public required IReadOnlyDictionary<string, BreakerPolicy> CircuitBreakers { get; init; }

    /// <summary>Checked, and then not applied.</summary>
    public required IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; }

    public required IReadOnlyDictionary<string, TargetPolicy> Apps { get; init; }

    /// <summary><c>targets.components</c>.</summary>
    public required IReadOnlyDictionary<string, ComponentTarget> Components { get; init; }

    /// <summary>Paths of fields that no version of the schema knows.</summary>
    public required IReadOnlyList<string> UnknownFields { get; init; }
}
