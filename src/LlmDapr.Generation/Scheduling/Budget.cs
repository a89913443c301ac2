namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// What a provider lets us use of one thing, requests or tokens, as far as its headers told. Until they did, nothing is held back.
/// <para>
/// A reading is as old as its call: it says what was left when that call was taken, perhaps seconds ago. What was sent after it is therefore
/// subtracted again, and a reading of an earlier call than the last one used is out of date. Providers refill in two ways, and the readings tell which:
/// continuously (the time to the reset is then always in proportion to what was used), or all at once at the end of a window.
/// </para>
/// Not thread-safe; times are seconds on the scheduler's clock.
/// </summary>
internal sealed class Budget
{
    // Sent and not yet covered by a reading. A provider that has fallen silent must not make it grow for ever.
    private const int MaxUnread = 10_000;
    private const double MinuteWindow = 60;

    // Below half of the limit what is left is spread: at least over this time, seconds.
    private const double Spread = 10;
    private const double Tolerance = 1;
    private const double LeastMargin = 0.004;
    private const double MostMargin = 0.05;
    private const int WindowsKept = 5;

    // A short time in whole seconds was rounded, and says nothing of the proportion.
    private static readonly TimeSpan CoarseReset = TimeSpan.FromSeconds(10);

    private readonly double _leastFactor;
    private readonly Queue<double> _windows = new();
    private List<(long Sequence, double Cost)> _unread = [];
    private double _limit;
    private double _level;
    private double _levelAt;
    private double _window = MinuteWindow;
    private double _resetAt;
    private double _next;
    private double _margin = LeastMargin;
    private double _factor = 1;
    private double _charged;
    private double _estimated;
    private (long Sequence, double Remaining, double At) _last = (-1, 0, 0);

    /// <param name="leastFactor">The least that an estimated unit can cost in truth: 1 for requests, less for tokens, whose estimate may be too high.</param>
    public Budget(double leastFactor) => _leastFactor = leastFactor;

    /// <summary>Whether the provider has said anything.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The limit, as last told.</summary>
    public double Limit => _limit;

    /// <summary>Whether it is refilled all at once.</summary>
    public bool IsFixedWindow { get; private set; }

    /// <summary>What is left now, by our reckoning; below zero when more was sent than there was.</summary>
    public double Left(double now)
    {
        Advance(now);
        return _level;
    }

    /// <summary>Whether so little is left that a refusal may be for that reason.</summary>
    public bool IsNearlyUsedUp(double cost, double now) => IsKnown && Left(now) < Math.Max(2 * cost, 0.02 * _limit);

    /// <summary>Seconds until this can be sent; 0 for at once.</summary>
    public double WaitFor(double cost, double now)
    {
        if (!IsKnown)
        {
            return 0;
        }

        Advance(now);

        // What exceeds the whole limit is for the provider to judge, once all of it is there.
        var margin = _margin * _limit;
        var needed = Math.Min(cost * _factor + margin, 0.95 * _limit);
        var wait = 0.0;
        if (needed > _level)
        {
            wait = IsFixedWindow ? _resetAt - now : (needed - _level) / (_limit / _window);
        }

        if (Pace(now) < double.PositiveInfinity)
        {
            wait = Math.Max(wait, _next - now - Tolerance);
        }

        return Math.Max(0, wait);
    }

    /// <summary>Takes what a call is expected to cost.</summary>
    public void Spend(long sequence, double cost, double now)
    {
        if (_unread.Count == MaxUnread)
        {
            _unread.RemoveRange(0, MaxUnread / 2);
        }

        _unread.Add((sequence, cost));
        if (!IsKnown)
        {
            return;
        }

        Advance(now);
        if (Pace(now) is var pace and < double.PositiveInfinity)
        {
            _next = Math.Max(_next, now) + (cost * _factor / pace);
        }

        _level -= cost * _factor;
    }

    /// <summary>Says what a call has cost in truth, 0 when the provider has not counted it. Without effect once a reading covers the call.</summary>
    public void Settle(long sequence, double cost, double now)
    {
        var index = _unread.BinarySearch((sequence, 0), BySequence.Instance);
        if (index < 0)
        {
            return;
        }

        if (IsKnown)
        {
            Advance(now);
            _level = Math.Min(_limit, _level + ((_unread[index].Cost - cost) * _factor));
        }

        _unread[index] = (sequence, cost);
    }

    /// <summary>Takes a reading. Tells how the limit has changed since the last one.</summary>
    /// <param name="reading">What the headers say.</param>
    /// <param name="sequence">The call's number.</param>
    /// <param name="sentAt">When it was sent.</param>
    /// <param name="now">Now.</param>
    public LimitChange Read(in BudgetReading reading, long sequence, double sentAt, double now)
    {
        if (reading.SaysNothing || sequence <= _last.Sequence)
        {
            return LimitChange.None;
        }

        var before = _limit;
        _limit = reading.Limit ?? Math.Max(_limit, reading.Remaining!.Value);
        if (_limit <= 0)
        {
            return LimitChange.None;
        }

        var remaining = Math.Min(_limit, reading.Remaining ?? _limit);
        var changed = IsKnown && Math.Abs(_limit - before) > 1e-9;
        var covered = 0;
        var spent = 0.0;
        while (covered < _unread.Count && _unread[covered].Sequence <= sequence)
        {
            spent += _unread[covered++].Cost;
        }

        if (IsKnown && !changed)
        {
            LearnFactor(spent, remaining, sentAt);
        }

        LearnWindow(remaining, reading.Reset, sentAt);
        _unread = covered == 0 ? _unread : _unread[covered..];
        var refilled = IsFixedWindow ? 0 : (now - sentAt) * _limit / _window;
        _level = Math.Min(_limit, remaining + refilled) - (_factor * _unread.Sum(call => call.Cost));
        _levelAt = now;
        _last = (sequence, remaining, sentAt);
        IsKnown = true;
        return !changed ? LimitChange.None : _limit > before ? LimitChange.Raised : LimitChange.Lowered;
    }

    /// <summary>A call was refused for this budget although it seemed to be there: from now on more is kept back.</summary>
    public void Overrun() => _margin = Math.Min(MostMargin, _margin + LeastMargin);

    // Beyond half of the limit (of what a constant use would leave, in a window) all may be used at once; below, what is left has to last.
    private double Pace(double now)
    {
        if (IsFixedWindow)
        {
            var left = Math.Max(0.001, _resetAt - now);
            return _level >= _limit * left / _window ? double.PositiveInfinity : Math.Max(_level, 1e-9) / left;
        }

        return _level >= _limit / 2 ? double.PositiveInfinity : (_limit / _window) + (Math.Max(0, _level) / Spread);
    }

    private void Advance(double now)
    {
        if (!IsKnown || now <= _levelAt)
        {
            return;
        }

        if (!IsFixedWindow)
        {
            _level = Math.Min(_limit, _level + ((now - _levelAt) * _limit / _window));
        }
        else if (now >= _resetAt)
        {
            _level = _limit;
            _resetAt += _window * Math.Ceiling((now - _resetAt + 1e-9) / _window);
        }

        _margin = Math.Max(LeastMargin, _margin - ((now - _levelAt) * LeastMargin / MinuteWindow));
        _levelAt = now;
    }

    // In proportion: reset = used / limit * window. A reading of little use says little, since the numbers are rounded.
    private void LearnWindow(double remaining, TimeSpan? reset, double sentAt)
    {
        var used = _limit - remaining;
        if (reset is not { } time || time <= TimeSpan.Zero || used < Math.Max(5, 0.002 * _limit) || (time < CoarseReset && time.Ticks % TimeSpan.TicksPerSecond == 0))
        {
            return;
        }

        _windows.Enqueue(time.TotalSeconds * _limit / used);
        if (_windows.Count > WindowsKept)
        {
            _windows.Dequeue();
        }

        var (least, most) = (_windows.Min(), _windows.Max());
        IsFixedWindow = _windows.Count == WindowsKept ? most > 1.3 * least : IsFixedWindow;
        _resetAt = sentAt + time.TotalSeconds;
        _window = IsFixedWindow ? Math.Max(MinuteWindow, time.TotalSeconds) : _windows.Average();
    }

    // Other replicas use the same budget, and a provider may count otherwise than we do: what one unit of ours comes to is learned from what went missing.
    private void LearnFactor(double estimated, double remaining, double sentAt)
    {
        var expected = _last.Remaining + (IsFixedWindow ? 0 : (sentAt - _last.At) * _limit / _window);
        if (expected > 0.97 * _limit || estimated <= 0)
        {
            return;
        }

        const double Kept = 0.97;
        _charged = (_charged * Kept) + expected - remaining;
        _estimated = (_estimated * Kept) + estimated;

        // A prior of ten times this call's weight at factor 1 keeps single readings from tearing it about.
        _factor = Math.Clamp((_charged + (10 * estimated)) / (_estimated + (10 * estimated)), _leastFactor, 50);
    }

    private sealed class BySequence : IComparer<(long Sequence, double Cost)>
    {
        public static readonly BySequence Instance = new();

        public int Compare((long Sequence, double Cost) x, (long Sequence, double Cost) y) => x.Sequence.CompareTo(y.Sequence);
    }
}
