using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// Decides when which request may call which target: one bounded queue a model, one limit and two budgets a target. Thread-safe.
/// <para>
/// One lock holds all of it: a target may serve several models and a queue several targets, and what has to happen under it is a few hundred
/// nanoseconds of arithmetic for each call to a provider. Nothing of anybody else's runs inside: continuations are queued, headers are parsed before.
/// A place is counted in exactly one of two places, a queue or a target; it moves between them in one step and leaves each through one method.
/// </para>
/// </summary>
internal sealed class Scheduler : IDisposable
{
    // States of names that were used once must not pile up: a provider that takes any name lets callers invent them.
    private const int StatesKept = 1000;
    private const double LeastSleep = 0.001;
    private const double LongestSleep = 60;

    private readonly Lock _lock = new();
    private readonly SchedulingOptions _options;
    private readonly SchedulingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<double> _random;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Dictionary<string, ModelQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<Target, TargetState> _targets = [];
    private readonly List<ModelQueue> _waiting = [];
    private double _wakeAt = double.PositiveInfinity;
    private int _turn;
    private bool _disposed;

    public Scheduler(IOptions<SchedulingOptions> options, SchedulingMetrics metrics, TimeProvider time)
        : this(options, metrics, time, Random.Shared.NextDouble)
    {
    }

    /// <param name="options">The configuration.</param>
    /// <param name="metrics">Where it is shown.</param>
    /// <param name="time">The only clock.</param>
    /// <param name="random">Numbers from 0 to below 1; called inside the lock.</param>
    internal Scheduler(IOptions<SchedulingOptions> options, SchedulingMetrics metrics, TimeProvider time, Func<double> random)
    {
        (_options, _metrics, _time, _random) = (options.Value, metrics, time, random);
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static scheduler => ((Scheduler)scheduler!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Observe(this);
    }

    private double Now => _time.GetElapsedTime(_start).TotalSeconds;

    /// <summary>
    /// Waits for a place, or refuses. Never throws for a refusal. A place that was granted while the token was being cancelled is still granted:
    /// the result is always to be looked at.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the place in the queue is free again.</exception>
    public ValueTask<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(request.Candidates.Count);
        cancellationToken.ThrowIfCancellationRequested();
        Waiter waiter;
        Task<Admission> result;
        lock (_lock)
        {
            waiter = Enqueue_NeedsLock(request);
            Dispatch_NeedsLock();
            if (waiter.Immediate is null && RefusalOf_NeedsLock(waiter) is { } refusal)
            {
                Leave_NeedsLock(waiter);
                waiter.Complete(refusal);
            }

            if (waiter.Immediate is { } admission)
            {
                return ValueTask.FromResult(admission);
            }

            result = waiter.Result();
        }

        if (cancellationToken.CanBeCanceled)
        {
            // Outside the lock, since it runs at once when the token was cancelled meanwhile.
            var registration = cancellationToken.UnsafeRegister(static (leaving, token) => ((Leaving)leaving!).Leave(token), new Leaving(this, waiter));
            lock (_lock)
            {
                waiter.Remember(registration);
            }
        }

        return new ValueTask<Admission>(result);
    }

    /// <summary>How long a request of this class would wait now.</summary>
    public TimeSpan EstimateWait(string model, string priority)
    {
        lock (_lock)
        {
            return _queues.TryGetValue(model, out var queue) ? TimeSpan.FromSeconds(EstimateWait_NeedsLock(queue, PriorityClasses.Parse(priority), Now, joined: false)) : TimeSpan.Zero;
        }
    }

    /// <summary>What is known of each target and queue, for metrics and tests.</summary>
    public SchedulerSnapshot Snapshot()
    {
        lock (_lock)
        {
            var now = Now;
            return new SchedulerSnapshot(
                [.. _targets.Values.Select(state => TargetSnapshot.Of(state, now))],
                [.. _queues.Values.SelectMany(queue => Enum.GetValues<PriorityClass>().Select(priority => new QueueSnapshot(queue.Model, priority, queue[priority].Count)))]);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        _timer.Dispose();
    }

    internal void FirstToken(Slot slot)
    {
        lock (_lock)
        {
            if (slot.IsTaken || slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            var now = Now;
            slot.State.Limit.FirstToken(now - slot.SentAt, slot.State.InFlight);
            Taken_NeedsLock(slot, now);
            Dispatch_NeedsLock();
        }
    }

    internal void Headers(Slot slot, IEnumerable<string[]> headers)
    {
        var read = RateLimitHeaders.Read(headers, _time.GetUtcNow());
        lock (_lock)
        {
            if (slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            var now = Now;
            slot.Head = read;
            var requests = slot.State.Requests.Read(read.Requests, slot.Call.Sequence, slot.SentAt, now);
            var tokens = slot.State.Tokens.Read(read.Tokens, slot.Call.Sequence, slot.SentAt, now);
            if ((requests == LimitChange.None ? tokens : requests) is not LimitChange.None and var change)
            {
                slot.State.Limit.Told(change);
            }

            Dispatch_NeedsLock();
        }
    }

    internal void Finish(Slot slot, AttemptOutcome outcome, int? totalTokens)
    {
        lock (_lock)
        {
            if (slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            slot.IsFinished = true;
            var now = Now;
            switch (outcome)
            {
                case AttemptOutcome.Success:
                    Taken_NeedsLock(slot, now);
                    slot.State.Learn(now - slot.SentAt, totalTokens > slot.Tokens.Prompt ? totalTokens - slot.Tokens.Prompt : null);
                    if (totalTokens is { } tokens)
                    {
                        slot.State.Tokens.Settle(slot.Call.Sequence, tokens, now);
                    }

                    break;
                case AttemptOutcome.RateLimited or AttemptOutcome.Overloaded:
                    Refused_NeedsLock(slot, outcome, now);
                    break;
                case AttemptOutcome.TimedOut when !slot.IsTaken:
                    // A stall in the middle of an answer is a fault of that answer; silence before the first word is what a provider without room does.
                    slot.State.Limit.Lost(slot.Call, now);
                    break;
            }

            Dispatch_NeedsLock();
        }
    }

    internal void Release(Slot slot)
    {
        lock (_lock)
        {
            if (slot.IsReleased)
            {
                return;
            }

            slot.IsReleased = true;
            slot.State.Release(slot.Call, Now);
            Dispatch_NeedsLock();
        }
    }

    private static void Taken_NeedsLock(Slot slot, double now)
    {
        if (!slot.IsTaken)
        {
            slot.IsTaken = true;
            slot.State.Limit.Taken(slot.Call, slot.State.InFlight, now);
        }
    }

    // A refusal for requests or tokens a minute says nothing about how many calls there may be at once, and the other way round.
    private void Refused_NeedsLock(Slot slot, AttemptOutcome outcome, double now)
    {
        var state = slot.State;
        var isRate = outcome == AttemptOutcome.RateLimited && RateRefusal.Is(slot, now);

        // It took nothing at the provider.
        state.Requests.Settle(slot.Call.Sequence, 0, now);
        state.Tokens.Settle(slot.Call.Sequence, 0, now);
        _metrics.ProviderRefused(state.Target, outcome, isRate);
        if (isRate)
        {
            state.Requests.Overrun();
            state.Tokens.Overrun();
        }
        else
        {
            state.Limit.Lost(slot.Call, now);
        }

        // Where other calls are being answered, their ends tell better than a header when there is room again.
        if (slot.Head.RetryAfter is { } pause && (isRate || outcome == AttemptOutcome.Overloaded || state.InFlight <= 1))
        {
            state.Pause(pause, now);
        }
    }

    private void Leave(Waiter waiter, CancellationToken token)
    {
        lock (_lock)
        {
            if (Leave_NeedsLock(waiter))
            {
                waiter.Cancel(token);

                // It may have been the one that the others had to wait behind.
                Dispatch_NeedsLock();
            }
        }
    }

    private void Wake()
    {
        lock (_lock)
        {
            _wakeAt = double.PositiveInfinity;
            Dispatch_NeedsLock();
        }
    }

    private Waiter Enqueue_NeedsLock(AdmissionRequest request)
    {
        var now = Now;
        if (!_queues.TryGetValue(request.Model, out var queue))
        {
            Forget_NeedsLock(now);
            queue = new ModelQueue(request.Model, _options);
            _queues.Add(request.Model, queue);
        }

        var waiter = new Waiter(request, queue.SetOf(request.Candidates, StateOf_NeedsLock), PriorityClasses.Parse(request.Priority), now);
        if (queue.Count == 0)
        {
            _waiting.Add(queue);
        }

        queue.Advance(now);
        queue.Add(waiter, now);
        return waiter;
    }

    private bool Leave_NeedsLock(Waiter waiter)
    {
        var queue = _queues[waiter.Request.Model];
        if (!queue.Remove(waiter, Now))
        {
            return false;
        }

        if (queue.Count == 0)
        {
            _waiting.Remove(queue);
        }

        return true;
    }

    private Admission.Refused? RefusalOf_NeedsLock(Waiter waiter)
    {
        var now = Now;
        var (model, priority, left) = (waiter.Request.Model, waiter.Priority, waiter.Request.TimeLeft);
        var queue = _queues[model];
        var wait = EstimateWait_NeedsLock(queue, priority, now, joined: true);
        if (queue.IsOverfullFor(priority))
        {
            _metrics.Refused(priority, "queue_full");
            return Refused(ErrorTypes.Overloaded, $"The queue of '{model}' is full: {queue.Count - 1} requests wait. Try again later, or raise Scheduling:MaxQueue.", wait);
        }

        if (wait <= Math.Min(left?.TotalSeconds ?? double.PositiveInfinity, _options.MaxWait.TotalSeconds))
        {
            return null;
        }

        // Whether it is the provider's allowance that is waited for.
        var limited = waiter.Set.Targets.All(state => state.BudgetWait(state.CostOf(waiter.Request.Tokens), now) > 0);
        _metrics.Refused(priority, "too_late");
        return Refused(
            limited ? ErrorTypes.RateLimitExceeded : ErrorTypes.Overloaded,
            wait > left?.TotalSeconds
                ? FormattableString.Invariant($"'{model}' has work for about {wait:0.#} s, and only {left.Value.TotalSeconds:0.#} s are left for this request. Try again later, or give it more time.")
                : FormattableString.Invariant($"'{model}' has work for about {wait:0.#} s, which is longer than Scheduling:MaxWait ({_options.MaxWait.TotalSeconds:0.#} s). Try again later."),
            wait);
    }

    private static Admission.Refused Refused(string type, string message, double wait) =>
        new(new ApiError(type == ErrorTypes.RateLimitExceeded ? 429 : 503, type, type, message, RetryAfter: TimeSpan.FromSeconds(Math.Clamp(wait, 1, 3600))));

    private static double EstimateWait_NeedsLock(ModelQueue queue, PriorityClass priority, double now, bool joined)
    {
        var targets = queue.Targets;
        var opens = targets.Select(state => state.BudgetWait(0, now)).DefaultIfEmpty(0).Min();
        return queue.Count == (joined ? 1 : 0) && targets.Any(state => state.WaitFor(1, now) <= 0)
            ? opens
            : opens + queue.EstimateWait(priority, joined, now);
    }

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

    private TargetState StateOf_NeedsLock(Target target)
    {
        if (!_targets.TryGetValue(target, out var state))
        {
            state = new TargetState(target, ConcurrencyLimit.Create(_options));
            _targets.Add(target, state);
        }

        return state;
    }

    private void Forget_NeedsLock(double now)
    {
        if (_queues.Count < StatesKept)
        {
            return;
        }

        var old = now - 60;
        foreach (var queue in _queues.Values.Where(queue => queue.Count == 0 && queue.UsedAt < old).ToList())
        {
            _queues.Remove(queue.Model);
        }

        var kept = _queues.Values.SelectMany(queue => queue.Targets).ToHashSet();
        foreach (var state in _targets.Values.Where(state => state.InFlight == 0 && state.UsedAt < old && !kept.Contains(state)).ToList())
        {
            _targets.Remove(state.Target);
        }
    }

    private sealed record Leaving(Scheduler Scheduler, Waiter Waiter)
    {
        public void Leave(CancellationToken token) => Scheduler.Leave(Waiter, token);
    }
}
