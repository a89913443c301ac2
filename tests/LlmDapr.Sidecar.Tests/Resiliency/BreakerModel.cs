using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>The breaker written as a period (a state with the calls that belong to it) that is replaced whole. Its clock counts tenths of a second.</summary>
internal sealed class BreakerModel(BreakerPolicy policy)
{
    private Period _period = new(BreakerState.Closed, 0);
    private long _now;

    public BreakerState State => _period.State;

    public BreakerCounts Counts
    {
        get
        {
            var results = _period.Results;
            return new BreakerCounts(
                _period.Entered,
                results.Count(success => success),
                results.Count(success => !success),
                Trailing(results, true),
                Trailing(results, false));
        }
    }

    public BreakerEntry Enter(out Call? call)
    {
        call = null;
        if (State == BreakerState.Open)
        {
            return BreakerEntry.Open;
        }

        if (State == BreakerState.HalfOpen && _period.Entered == policy.MaxRequests)
        {
            return BreakerEntry.TooManyRequests;
        }

        _period.Entered++;
        call = new Call(_period);
        return BreakerEntry.Allowed;
    }

    public void Leave(Call call, bool success)
    {
        if (call.Period != _period)
        {
            return;
        }

        _period.Results.Add(success);
        var next = (State, success) switch
        {
            (BreakerState.Closed, false) when policy.Trip.IsMet(Counts) => BreakerState.Open,
            (BreakerState.HalfOpen, false) => BreakerState.Open,
            (BreakerState.HalfOpen, true) when Counts.ConsecutiveSuccesses == policy.MaxRequests => BreakerState.Closed,
            _ => State,
        };
        if (next != State)
        {
            _period = new Period(next, _now);
        }
    }

    /// <summary>The caller looks at the breaker after each wait, so a closed period ends at the first look after its time.</summary>
    public void Wait(int tenths)
    {
        _now += tenths;
        var age = _now - _period.Started;
        if (State == BreakerState.Open && age > policy.Timeout.TotalSeconds * 10)
        {
            _period = new Period(BreakerState.HalfOpen, _now);
        }
        else if (State == BreakerState.Closed && policy.Interval > TimeSpan.Zero && age > policy.Interval.TotalSeconds * 10)
        {
            _period = new Period(BreakerState.Closed, _now);
        }
    }

    private static int Trailing(List<bool> results, bool value) => results.AsEnumerable().Reverse().TakeWhile(result => result == value).Count();

    internal sealed record Call(Period Period);

    internal sealed class Period(BreakerState state, long started)
    {
        public BreakerState State => state;

        public long Started => started;

        public int Entered { get; set; }

        public List<bool> Results { get; } = [];
    }
}
