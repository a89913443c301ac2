namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One entry of <c>targets.apps</c>. Policies are named here and looked up when all resources are read.</summary>
internal sealed record TargetPolicy
{
    public const int DefaultBreakerCacheSize = 100;

    public string? Timeout { get; init; }

    public string? Retry { get; init; }

    public string? CircuitBreaker { get; init; }

    /// <summary>How many method paths have a breaker at the same time. Default 100, greater than 0.</summary>
    public int CircuitBreakerCacheSize { get; init; } = DefaultBreakerCacheSize;
}
