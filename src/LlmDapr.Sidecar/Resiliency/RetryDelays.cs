namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The delays of one invocation, in order. Not thread-safe: an invocation's attempts are one after the other.</summary>
/// <remarks>
/// Polly's own backoffs are not daprd's: exponential is 500 ms × 1.5 with ±50 % jitter (on the capped delay, too) and gives up when
/// the next attempt would start more than 15 minutes after the first.
/// </remarks>
internal sealed class RetryDelays(RetryPolicy policy, TimeProvider time, Func<double> random)
{
    private const double Multiplier = 1.5;
    private const double Jitter = 0.5;
    private static readonly TimeSpan InitialInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxElapsed = TimeSpan.FromMinutes(15);

    private readonly long _started = time.GetTimestamp();
    private TimeSpan _interval = InitialInterval;

    /// <summary>The delay that <see cref="MoveNext"/> found.</summary>
    public TimeSpan Current { get; private set; }

    /// <summary>False when the time for attempts is used up.</summary>
    public bool MoveNext()
    {
        if (!policy.Exponential)
        {
            Current = policy.Duration > TimeSpan.Zero ? policy.Duration : TimeSpan.Zero;
            return true;
        }

        Current = _interval * (1 - Jitter + (2 * Jitter * random()));
        var next = _interval * Multiplier;
        _interval = next < policy.MaxInterval ? next : policy.MaxInterval;
        return time.GetElapsedTime(_started) + Current <= MaxElapsed;
    }
}
