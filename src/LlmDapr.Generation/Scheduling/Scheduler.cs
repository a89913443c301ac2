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
internal sealed partial class Scheduler : IDisposable
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
    private double _forgetAt;
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
            return _queues.TryGetValue(model, out var queue) ? TimeSpan.FromSeconds(EstimateWait_NeedsLock(queue, PriorityClasses.Parse(priority), Now)) : TimeSpan.Zero;
        }
    }

    /// <summary>How many requests that are not interactive wait for a model, and how many calls its targets may have at once.</summary>
    public (int Waiting, double Limit) BackgroundLoad(string model)
    {
        lock (_lock)
        {
            return _queues.TryGetValue(model, out var queue)
                ? (queue[PriorityClass.Async].Count + queue[PriorityClass.Batch].Count, queue.Targets.Select(target => target.Limit.Value).DefaultIfEmpty(_options.StartLimit).Sum())
                : (0, _options.StartLimit);
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
        if (_queues.Count < StatesKept || now < _forgetAt)
        {
            return;
        }

        _forgetAt = now + 1;

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
