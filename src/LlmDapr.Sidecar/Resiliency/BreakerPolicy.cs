namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One entry of <c>policies.circuitBreakers</c>. Immutable.</summary>
internal sealed record BreakerPolicy
{
    public required string Name { get; init; }

    /// <summary>Requests let through while half-open, and the successes in a row that close it. Default 1.</summary>
    public int MaxRequests { get; init; } = 1;

    /// <summary>How often the counts of a closed breaker start anew; zero (the default) = never.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>From open to half-open. Default 60 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Default: <c>consecutiveFailures &gt; 5</c>.</summary>
    public TripExpression Trip { get; init; } = TripExpression.Default;
}
