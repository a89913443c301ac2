using LlmDapr.Contracts.Errors;

namespace LlmDapr.Generation.Scheduling;

/// <summary>Who goes next, and where to.</summary>
internal sealed partial class Scheduler
{
    /// <summary>
    /// Lets go whoever may go. Models take turns, since they may share a target. Each pass ends: a waiter goes, or its candidate set is marked as
    /// blocked, and what is marked stays so, since dispatching only takes room away.
    /// </summary>
    private void Dispatch_NeedsLock()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var now = Now;
        var wake = double.PositiveInfinity;
        foreach (var queue in _waiting)
        {
            wake = Math.Min(wake, queue.Prepare(now));
        }

        for (var passed = 0; passed < _waiting.Count;)
        {
            var turn = (_turn + passed) % _waiting.Count;
            var queue = _waiting[turn];
            if (queue.Next(now) is not { } waiter)
            {
                passed++;
            }
            else if (waiter.Deadline <= now)
            {
                Expire_NeedsLock(queue, waiter, now);
            }
            else if (waiter.Set.Choose(waiter.Request.Tokens, spill: now - waiter.Since >= _options.SpillAfter.TotalSeconds, now, _options.SpillAfter.TotalSeconds, _random, out var wait) is { } state)
            {
                Grant_NeedsLock(queue, waiter, state, now);
                wake = Math.Min(wake, queue.Prepare(now, keepBlocked: true));
                (_turn, passed) = (queue.Count > 0 ? turn + 1 : turn, 0);
            }
            else
            {
                // The next in turn is waited for: smaller ones behind it must not starve it.
                waiter.Set.IsBlocked = true;
                wake = Math.Min(wake, wait);
            }
        }

        SleepUntil_NeedsLock(now, wake);
    }

    private void Grant_NeedsLock(ModelQueue queue, Waiter waiter, TargetState state, double now)
    {
        var cost = state.CostOf(waiter.Request.Tokens);
        queue.Dispatch(waiter, cost, now);
        if (queue.Count == 0)
        {
            queue.Advance(now);
            _waiting.Remove(queue);
        }

        var call = state.Take(cost, now);
        var waited = TimeSpan.FromSeconds(now - waiter.Since);
        _metrics.Granted(state.Target, waiter.Priority, waited);
        waiter.Complete(new Admission.Granted(new Slot(this, state, call, waiter.Request.Tokens, cost, now, waited)));
    }

    // Its caller's clock runs out in this moment: a call would be paid for nobody.
    private void Expire_NeedsLock(ModelQueue queue, Waiter waiter, double now)
    {
        Leave_NeedsLock(waiter);
        _metrics.Refused(waiter.Priority, "too_late");
        waiter.Complete(Refused(ErrorTypes.Overloaded, $"No place at '{queue.Model}' became free within the time that was left for this request. Try again later, or give it more time.", queue.EstimateWait(waiter.Priority, joined: false, now)));
    }

    private void SleepUntil_NeedsLock(double now, double wake)
    {
        if (double.IsPositiveInfinity(wake) || _waiting.Count == 0 || _disposed)
        {
            return;
        }

        var sleep = Math.Clamp(wake, LeastSleep, LongestSleep);
        if (now + sleep < _wakeAt || _wakeAt <= now)
        {
            _wakeAt = now + sleep;
            _timer.Change(TimeSpan.FromSeconds(sleep), Timeout.InfiniteTimeSpan);
        }
    }
}
