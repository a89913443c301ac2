namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// The bounded queue of one model. Classes share the dispatches by weight, so that the urgent ones are strongly preferred and none starves. A request is
/// bound to a target only when it goes. Not thread-safe.
/// </summary>
internal sealed class ModelQueue(string model, SchedulingOptions options)
{
    // Urgent requests find room even where others have filled what they may fill.
    private static readonly double[] FillableShares = [1, 0.9, 0.8];

    private readonly List<CandidateSet> _sets = [];
    private readonly ClassQueue[] _classes = [new(options.InteractiveWeight), new(options.AsyncWeight), new(options.BatchWeight)];
    private readonly double _spillAfter = options.SpillAfter.TotalSeconds;
    private double _virtualTime;

    public string Model { get; } = model;

    public int Count { get; private set; }

    /// <summary>When it was last of use.</summary>
    public double UsedAt { get; private set; }

    public DrainRate Drain { get; } = new();

    public ClassQueue this[PriorityClass priority] => _classes[(int)priority];

    /// <summary>The targets that somebody waits for, or waited for last.</summary>
    public IEnumerable<TargetState> Targets => _sets.SelectMany(set => set.Targets).Distinct();

    /// <summary>Whether the last of this class found no place.</summary>
    public bool IsOverfullFor(PriorityClass priority) => Count > Math.Max(1, options.MaxQueue * FillableShares[(int)priority]);

    /// <summary>The set with these candidates.</summary>
    public CandidateSet SetOf(IReadOnlyList<Candidate> candidates, Func<Catalog.Target, TargetState> stateOf)
    {
        if (_sets.Find(set => set.Candidates.AsSpan().SequenceEqual([.. candidates])) is { } known)
        {
            return known;
        }

        _sets.RemoveAll(set => set.Waiting == 0);
        var added = new CandidateSet(candidates, stateOf);
        _sets.Add(added);
        return added;
    }

    public void Add(Waiter waiter, double now)
    {
        var queue = this[waiter.Priority];
        if (queue.Count == 0)
        {
            // Who has been away gets no credit for it.
            queue.Pass = Math.Max(queue.Pass, _virtualTime);
        }

        queue.Add(waiter);
        Count++;
        UsedAt = now;
    }

    /// <summary>A waiter leaves without having got anything. False when it had gone already.</summary>
    public bool Remove(Waiter waiter, double now)
    {
        Advance(now);
        var removed = this[waiter.Priority].Remove(waiter);
        Count -= removed ? 1 : 0;
        Advance(now);
        return removed;
    }

    /// <summary>Looks where there is room. Returns the seconds until there may be more.</summary>
    /// <param name="now">Now.</param>
    /// <param name="keepBlocked">Whether the pass goes on, in which sets were found to be blocked.</param>
    public double Prepare(double now, bool keepBlocked = false)
    {
        Advance(now);
        var wake = double.PositiveInfinity;
        foreach (var set in _sets)
        {
            if (set.Waiting > 0)
            {
                set.IsBlocked &= keepBlocked;
                wake = Math.Min(wake, set.Prepare(now, _spillAfter));
            }
        }

        return _sets.Exists(set => set is { Waiting: > 0, HasRoom: false, HasSpillRoom: true }) ? Math.Min(wake, UntilSpill(now)) : wake;
    }

    /// <summary>The next waiter that may go, null when none may.</summary>
    public Waiter? Next(double now)
    {
        if (Count == 0 || !_sets.Exists(set => set.Waiting > 0 && !set.IsBlocked && (set.HasRoom || set.HasSpillRoom)))
        {
            return null;
        }

        Waiter? next = null;
        var pass = double.PositiveInfinity;
        foreach (var queue in _classes)
        {
            if (queue.Count > 0 && queue.Pass < pass && queue.Next(now, _spillAfter) is { } waiter)
            {
                (next, pass) = (waiter, queue.Pass);
            }
        }

        return next;
    }

    /// <summary>A waiter goes.</summary>
    public void Dispatch(Waiter waiter, double tokens, double now)
    {
        var queue = this[waiter.Priority];
        _virtualTime = Math.Max(_virtualTime, queue.Pass);
        queue.Pass += 1 / queue.Weight;
        queue.Dispatch(waiter, tokens);
        Count--;
        UsedAt = now;
        if (now > waiter.Since)
        {
            Drain.Count();
            queue.Drain.Count();
        }
    }

    /// <summary>Moves the clocks of the drain rates on.</summary>
    public void Advance(double now)
    {
        Drain.Advance(now, Count > 0);
        foreach (var queue in _classes)
        {
            queue.Drain.Advance(now, queue.Count > 0);
        }
    }

    /// <summary>Seconds that a request of this class would wait behind those that wait now.</summary>
    /// <param name="priority">The class.</param>
    /// <param name="joined">Whether it is the last of those.</param>
    /// <param name="now">Now.</param>
    public double EstimateWait(PriorityClass priority, bool joined, double now)
    {
        Advance(now);
        var own = this[priority];
        var position = own.Count + (joined ? 0 : 1);

        // A class that has been waiting for a while knows its own pace, which includes the more urgent ones that keep arriving.
        if (own.Drain.Backlogged >= 10 && own.Drain.PerSecond is > 0 and { } ownRate)
        {
            return position / ownRate;
        }

        // While so many of this class go, others go in proportion to their weights.
        var ahead = (double)position;
        foreach (var other in _classes)
        {
            ahead += other == own ? 0 : Math.Min(other.Count, position * other.Weight / own.Weight);
        }

        var rate = Drain.PerSecond is > 0 and { } measured ? measured : Targets.Sum(target => target.Duration > 0 ? target.Limit.Value / target.Duration : 0);
        return rate > 0 ? ahead / rate : 0;
    }

    // Until the next waiter has waited long enough for a less preferred target.
    private double UntilSpill(double now)
    {
        var until = double.PositiveInfinity;
        foreach (var queue in _classes)
        {
            foreach (var since in queue.Heads)
            {
                until = since + _spillAfter > now ? Math.Min(until, since + _spillAfter - now) : until;
            }
        }

        return until;
    }
}
