namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// The targets that some waiters have in common, the preferred ones first. Waiters with the same set are alike for dispatch: when one of them finds no
/// room, none does. Not thread-safe.
/// </summary>
internal sealed class CandidateSet
{
    private readonly (TargetState State, int Rank, double Weight)[] _targets;

    /// <param name="candidates">As they were asked for.</param>
    /// <param name="stateOf">The state of a target.</param>
    public CandidateSet(IReadOnlyList<Candidate> candidates, Func<Catalog.Target, TargetState> stateOf)
    {
        Candidates = [.. candidates];
        _targets = [.. candidates.OrderBy(candidate => candidate.Rank).Select(candidate => (stateOf(candidate.Target), candidate.Rank, Math.Max(1e-6, candidate.Weight)))];
    }

    public Candidate[] Candidates { get; }

    /// <summary>How many wait with this set.</summary>
    public int Waiting { get; set; }

    /// <summary>Whether a waiter of this set found no room in this pass.</summary>
    public bool IsBlocked { get; set; }

    /// <summary>Whether the best rank that is open has room for somebody.</summary>
    public bool HasRoom { get; private set; }

    /// <summary>Whether only a less preferred rank has room, which is for those who have waited long enough.</summary>
    public bool HasSpillRoom { get; private set; }

    public IEnumerable<TargetState> Targets => _targets.Select(target => target.State);

    /// <summary>Looks where there is room, apart from tokens.</summary>
    /// <returns>Seconds until there may be more, infinite when only an ended call can tell.</returns>
    public double Prepare(double now, double spillAfter)
    {
        (HasRoom, HasSpillRoom) = (false, false);
        var wake = double.PositiveInfinity;
        var preferred = PreferredRank(now, spillAfter);
        foreach (var (state, rank, _) in _targets)
        {
            var wait = state.WaitFor(0, now);
            wake = wait > 0 ? Math.Min(wake, wait) : wake;
            HasRoom |= wait <= 0 && rank <= preferred;
            HasSpillRoom |= wait <= 0 && rank > preferred;
        }

        return wake;
    }

    /// <summary>The target for a call, or null and the seconds until one may have room.</summary>
    public TargetState? Choose(TokenEstimate tokens, bool spill, double now, double spillAfter, Func<double> random, out double wait)
    {
        wait = double.PositiveInfinity;
        var preferred = PreferredRank(now, spillAfter);
        for (var first = 0; first < _targets.Length;)
        {
            var rank = _targets[first].Rank;
            var end = first;
            while (end < _targets.Length && _targets[end].Rank == rank)
            {
                end++;
            }

            if (rank > preferred && !spill)
            {
                break;
            }

            if (ChooseByLoad(_targets.AsSpan(first..end), tokens, now, random, ref wait) is { } chosen)
            {
                return chosen;
            }

            first = end;
        }

        return null;
    }

    // A target that is paused for long counts as absent: its rank is passed over at once.
    private int PreferredRank(double now, double spillAfter)
    {
        foreach (var (state, rank, _) in _targets)
        {
            if (state.PausedUntil - now <= spillAfter)
            {
                return rank;
            }
        }

        return _targets[0].Rank;
    }

    // Power of two choices: of two drawn by weight, the one with the lower load.
    private static TargetState? ChooseByLoad(ReadOnlySpan<(TargetState State, int Rank, double Weight)> targets, TokenEstimate tokens, double now, Func<double> random, ref double wait)
    {
        Span<int> open = targets.Length <= 64 ? stackalloc int[targets.Length] : new int[targets.Length];
        var count = 0;
        var total = 0.0;
        for (var i = 0; i < targets.Length; i++)
        {
            var until = targets[i].State.WaitFor(targets[i].State.CostOf(tokens), now);
            if (until <= 0)
            {
                open[count++] = i;
                total += targets[i].Weight;
            }
            else
            {
                wait = Math.Min(wait, until);
            }
        }

        if (count <= 1)
        {
            return count == 0 ? null : targets[open[0]].State;
        }

        var first = Draw(targets, open[..count], total, -1, random());
        var second = Draw(targets, open[..count], total - targets[first].Weight, first, random());
        return targets[second].State.Load / targets[second].Weight < targets[first].State.Load / targets[first].Weight ? targets[second].State : targets[first].State;
    }

    private static int Draw(ReadOnlySpan<(TargetState State, int Rank, double Weight)> targets, ReadOnlySpan<int> open, double total, int but, double random)
    {
        var left = random * total;
        var last = -1;
        foreach (var index in open)
        {
            if (index == but)
            {
                continue;
            }

            last = index;
            left -= targets[index].Weight;
            if (left < 0)
            {
                break;
            }
        }

        return last;
    }
}
