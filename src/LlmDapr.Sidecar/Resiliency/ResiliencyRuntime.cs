namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What all policies of one sidecar share.</summary>
/// <param name="Random">Uniform in [0, 1): the jitter of exponential delays.</param>
internal sealed record ResiliencyRuntime(TimeProvider Time, Func<double> Random, ILogger Logger)
{
    public RetryDelays CreateDelays(RetryPolicy policy) => new(policy, Time, Random);
}
