namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One breaker at one moment, for metrics.</summary>
/// <param name="AppId">The target.</param>
/// <param name="Method">The method path that the breaker is for.</param>
/// <param name="Policy">The name of its policy.</param>
internal readonly record struct BreakerSnapshot(string AppId, string Method, string Policy, BreakerState State, BreakerCounts Counts);
