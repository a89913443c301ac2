namespace LlmDapr.Edge.Forwarding;

/// <summary>
/// Edge's view of Dapr's circuit breaker for one path of generation (daprd keys breakers by app and path, whatever the verb).
/// <para>
/// Daprd lets one request through a half-open breaker and holds everyone else until that one's <em>whole body</em> has ended: with a stream of a minute as
/// the probe, nobody gets in for a minute. So no call of a user may be the probe. While the breaker is known to be open, edge refuses by itself and asks
/// for the same path with a GET that costs nothing, once a second: the breaker stays open for two, so a GET is always first.
/// </para>
/// <para>
/// Daprd also counts callers that leave. Long before enough failures in a row could open the breaker, a GET is sent whose success sets the count back.
/// </para>
/// Thread-safe.
/// </summary>
internal sealed class PathGate(string path, Func<CancellationToken, Task<ProbeResult>> probe, TimeProvider time, CancellationToken stopping)
{
    /// <summary>Failures in a row after which a probe is sent; the breaker opens at 51 (components/resiliency.yaml).</summary>
    public const int ProbeAfter = 20;

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _failures;
    private bool _shut;
    private bool _probing;

    public string Path { get; } = path;

    /// <summary>Whether edge refuses calls to this path by itself.</summary>
    public bool IsShut => Volatile.Read(ref _shut);

    /// <summary>An invocation ended as Dapr's breaker likes it.</summary>
    public void Succeeded() => Volatile.Write(ref _failures, 0);

    /// <summary>An invocation ended otherwise: an error, a cut, a caller that left.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _failures++;
            if (_failures >= ProbeAfter)
            {
                Probe_NeedsLock();
            }
        }
    }

    /// <summary>Daprd said that its breaker is open.</summary>
    public void Shut()
    {
        lock (_lock)
        {
            _shut = true;
            Probe_NeedsLock();
        }
    }

    private void Probe_NeedsLock()
    {
        if (!_probing && !stopping.IsCancellationRequested)
        {
            _probing = true;
            _ = Task.Run(ProbeUntilAnsweredAsync, CancellationToken.None);
        }
    }

    private async Task ProbeUntilAnsweredAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var result = await probe(stopping);
            lock (_lock)
            {
                if (result == ProbeResult.Answered)
                {
                    _failures = 0;
                    _shut = false;
                    _probing = false;
                    return;
                }

                _shut |= result == ProbeResult.BreakerOpen;
            }

            await Task.Delay(ProbeInterval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
