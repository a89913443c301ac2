namespace LlmDapr.Sidecar.Resiliency;

/// <summary>One breaker: for one method path of one app. Thread-safe.</summary>
/// <remarks>
/// The semantics are those of the Go library in daprd, not of Polly's own breaker: counts instead of a sampled failure ratio, every
/// state change and every closed interval starts a new generation, and a result that belongs to an older generation counts for nothing.
/// </remarks>
internal sealed class CircuitBreaker
{
    private readonly BreakerPolicy _policy;
    private readonly TimeProvider _time;
    private readonly Action<BreakerState, BreakerState>? _changed;
    private readonly Lock _lock = new();
    private BreakerState _state;
    private BreakerCounts _counts;
    private long _generation;
    private long? _expires;

    /// <param name="changed">Told (from, to), under the breaker's lock: it must be quick.</param>
    public CircuitBreaker(BreakerPolicy policy, TimeProvider time, Action<BreakerState, BreakerState>? changed = null)
    {
        _policy = policy;
        _time = time;
        _changed = changed;
        StartGeneration_NeedsLock(time.GetTimestamp());
    }

    public string PolicyName => _policy.Name;

    /// <summary>Lets a request through and gives the generation that <see cref="Leave"/> must bring back; or says why not.</summary>
    public BreakerEntry Enter(out long generation)
    {
        lock (_lock)
        {
            Update_NeedsLock(_time.GetTimestamp());
            generation = _generation;
            if (_state == BreakerState.Open)
            {
                return BreakerEntry.Open;
            }

            if (_state == BreakerState.HalfOpen && _counts.Requests >= _policy.MaxRequests)
            {
                return BreakerEntry.TooManyRequests;
            }

            _counts = _counts.WithRequest();
            return BreakerEntry.Allowed;
        }
    }

    public void Leave(long generation, bool success)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            Update_NeedsLock(now);
            if (generation != _generation)
            {
                return;
            }

            if (success)
            {
                CountSuccess_NeedsLock(now);
            }
            else
            {
                CountFailure_NeedsLock(now);
            }
        }
    }

    /// <summary>State and counts as a request would find them now.</summary>
    public (BreakerState State, BreakerCounts Counts) Read()
    {
        lock (_lock)
        {
            Update_NeedsLock(_time.GetTimestamp());
            return (_state, _counts);
        }
    }

    private void CountSuccess_NeedsLock(long now)
    {
        _counts = _counts.WithSuccess();
        if (_state == BreakerState.HalfOpen && _counts.ConsecutiveSuccesses >= _policy.MaxRequests)
        {
            Change_NeedsLock(BreakerState.Closed, now);
        }
    }

    private void CountFailure_NeedsLock(long now)
    {
        if (_state == BreakerState.HalfOpen)
        {
            Change_NeedsLock(BreakerState.Open, now);
            return;
        }

        _counts = _counts.WithFailure();
        if (_policy.Trip.IsMet(_counts))
        {
            Change_NeedsLock(BreakerState.Open, now);
        }
    }

    /// <summary>What time alone changes: a closed interval ends, an open breaker becomes half-open.</summary>
    private void Update_NeedsLock(long now)
    {
        if (_expires is not { } expires || now <= expires)
        {
            return;
        }

        if (_state == BreakerState.Open)
        {
            Change_NeedsLock(BreakerState.HalfOpen, now);
        }
        else
        {
            StartGeneration_NeedsLock(now);
        }
    }

    private void Change_NeedsLock(BreakerState to, long now)
    {
        var from = _state;
        _state = to;
        StartGeneration_NeedsLock(now);
        _changed?.Invoke(from, to);
    }

    private void StartGeneration_NeedsLock(long now)
    {
        _generation++;
        _counts = default;
        var lasts = _state switch
        {
            BreakerState.Open => _policy.Timeout,
            BreakerState.Closed => _policy.Interval,
            _ => TimeSpan.Zero,
        };
        _expires = lasts > TimeSpan.Zero ? now + (long)(lasts.TotalSeconds * _time.TimestampFrequency) : null;
    }
}
