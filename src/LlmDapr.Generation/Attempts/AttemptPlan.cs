using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Where a request's next attempt goes, decided after each one: the same target once more, after a wait; then the next by rank; a larger model, once,
/// when the context is too long. Belongs to one request; thread-safe, since a second target may be asked while the first attempt ends.
/// </summary>
internal sealed class AttemptPlan(RoutedModel model, AttemptOptions options, RetryBudget budget, Func<Target, bool> isOpen, Func<double> random, int made = 0)
{
    private readonly Lock _lock = new();
    private readonly HashSet<Target> _done = [];
    private RoutedModel _model = model;
    private Target? _repeat;
    private int _atTarget;
    private bool _usedLarger;

    /// <summary>Attempts that reached a provider.</summary>
    public int Made { get; private set; } = made;

    /// <summary>The error that tells most of those seen; null before the first.</summary>
    public Attempt? Best { get; private set; }

    /// <summary>What to wait before the next attempt.</summary>
    public TimeSpan Delay { get; private set; }

    /// <summary>The larger model to ask now; null when there is none, or it was asked.</summary>
    public string? Larger => _usedLarger ? null : _model.LargerModel;

    /// <summary>The targets that may take the next attempt; empty when nobody is left. One that is open is only asked when all are.</summary>
    public IReadOnlyList<RoutedTarget> Candidates()
    {
        lock (_lock)
        {
            return Candidates_NeedsLock();
        }
    }

    private List<RoutedTarget> Candidates_NeedsLock()
    {
        if (_repeat is { } again)
        {
            return [.. _model.Targets.Where(target => target.Target == again)];
        }

        var left = _model.Targets.Where(target => !_done.Contains(target.Target)).ToList();
        var well = left.Where(target => !isOpen(target.Target)).ToList();
        return well.Count > 0 ? well : left;
    }

    /// <summary>Whether another target is there to turn to, which makes the first token's clock shorter.</summary>
    public bool HasFallback(Target target)
    {
        lock (_lock)
        {
            return _model.Targets.Any(other => other.Target != target && !_done.Contains(other.Target));
        }
    }

    /// <summary>Counts a second attempt beside one that is under way; false when there is none left for it.</summary>
    public bool TryHedge()
    {
        lock (_lock)
        {
            // The one under way is counted at its end.
            if (Made + 2 > options.MaxAttempts || !budget.TrySpend())
            {
                return false;
            }

            Made++;
            return true;
        }
    }

    /// <summary>Who may be asked beside a target that is late: another one of its model, else the target itself once more.</summary>
    public IReadOnlyList<RoutedTarget> Besides(Target late)
    {
        lock (_lock)
        {
            var others = _model.Targets.Where(target => target.Target != late && !_done.Contains(target.Target) && !isOpen(target.Target)).ToList();
            return others.Count > 0 ? others : [.. _model.Targets.Where(target => target.Target == late)];
        }
    }

    /// <summary>Goes over to a larger model.</summary>
    public void UseLarger(RoutedModel larger)
    {
        lock (_lock)
        {
            (_model, _usedLarger, _repeat, _atTarget, Delay) = (larger, true, null, 0, TimeSpan.Zero);
            _done.Clear();
        }
    }

    /// <summary>Takes an attempt into account; true when another one is to follow.</summary>
    /// <param name="attempt">What it came to.</param>
    /// <param name="now">For <c>Retry-After</c> as a date.</param>
    /// <param name="timeLeft">Until the request's deadline.</param>
    public bool GoesOn(Attempt attempt, DateTimeOffset now, TimeSpan timeLeft)
    {
        lock (_lock)
        {
            return GoesOn_NeedsLock(attempt, now, timeLeft);
        }
    }

    private bool GoesOn_NeedsLock(Attempt attempt, DateTimeOffset now, TimeSpan timeLeft)
    {
        Remember_NeedsLock(attempt);
        var verdict = AttemptJudge.Judge(attempt);
        if (verdict is Verdict.Final or Verdict.GiveUp || Made >= options.MaxAttempts)
        {
            return false;
        }

        if (verdict == Verdict.Larger)
        {
            return Larger is not null;
        }

        if (verdict == Verdict.Repeat && MayRepeat(attempt, now, timeLeft))
        {
            _repeat = attempt.Target;
            return true;
        }

        (_repeat, _atTarget, Delay) = (null, 0, TimeSpan.Zero);
        _done.Add(attempt.Target);
        return Candidates_NeedsLock().Count > 0;
    }

    private void Remember_NeedsLock(Attempt attempt)
    {
        if (attempt is not Attempt.Failed { Fault: AttemptFault.BreakerOpen or AttemptFault.NotAdmitted })
        {
            Made++;
            _atTarget++;
        }

        if (Best is null || AttemptJudge.Usefulness(attempt) > AttemptJudge.Usefulness(Best))
        {
            Best = attempt;
        }
    }

    private bool MayRepeat(Attempt attempt, DateTimeOffset now, TimeSpan timeLeft)
    {
        // A breaker that this attempt has opened would refuse the next one, after a wait for nothing.
        if (_atTarget >= options.PerTarget || isOpen(attempt.Target) || attempt.Headers.Any(header => header is ["x-should-retry", "false"]))
        {
            return false;
        }

        var asked = RetryAfter.Read(attempt.Headers, now);
        if (asked > options.MaxRetryAfter)
        {
            return false;
        }

        // What the provider asks for is a minimum; ours is jittered down to a half, so that those who failed together do not come back together.
        var own = options.BaseDelay * Math.Pow(2, _atTarget - 1) * (0.5 + (0.5 * random()));
        Delay = asked is { } least ? least + (options.BaseDelay * (0.2 * random())) : own;
        return Delay < timeLeft && budget.TrySpend();
    }
}
