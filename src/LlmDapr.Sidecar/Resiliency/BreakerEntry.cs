namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What a breaker says to a request.</summary>
internal enum BreakerEntry
{
    Allowed,
    Open,

    /// <summary>Half-open, and its probes are under way.</summary>
    TooManyRequests,
}
