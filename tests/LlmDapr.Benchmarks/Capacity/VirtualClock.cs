namespace LlmDapr.Benchmarks.Capacity;

/// <summary>
/// Time that passes only when nothing is left to do: one thread runs what is ready, then jumps to the next timer. Code that takes its time from a
/// <see cref="TimeProvider"/> and awaits runs on it unchanged, and the same run gives the same result.
/// </summary>
internal sealed class VirtualClock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long At, long Order)> _timers = new();
    private readonly Ready _ready = new();
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Seconds since the beginning.</summary>
    public double Seconds => (double)_now / TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => Epoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    public Task Delay(double seconds) => Task.Delay(TimeSpan.FromSeconds(seconds), this);

    /// <summary>Runs until nothing is ready and no timer is left before that time.</summary>
    /// <param name="start">What is to be started; it may start more.</param>
    /// <param name="until">The end, seconds.</param>
    public void Run(Func<Task> start, double until)
    {
        var outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_ready);
        _ready.Enter();
        try
        {
            var started = start();
            var end = (long)(until * TimeSpan.TicksPerSecond);
            while (true)
            {
                _ready.RunAll();
                if (started.IsFaulted)
                {
                    started.GetAwaiter().GetResult();
                }

                if (!_timers.TryPeek(out _, out var next) || next.At > end)
                {
                    break;
                }

                var (timer, version) = _timers.Dequeue();
                if (timer.Version == version)
                {
                    _now = Math.Max(_now, next.At);
                    timer.Fire();
                }
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; private set; }

        public void Fire()
        {
            Version++;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                clock._timers.Enqueue((this, Version), (clock._now + dueTime.Ticks, clock._order++));
            }

            return true;
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Ready : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
        private int _thread;

        public void Enter() => _thread = Environment.CurrentManagedThreadId;

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (Environment.CurrentManagedThreadId != _thread)
            {
                throw new InvalidOperationException("Simulated time has one thread, and something has left it (Task.Run, CancelAsync, ConfigureAwait(false)).");
            }

            _posted.Enqueue((d, state));
        }

        public void RunAll()
        {
            while (_posted.TryDequeue(out var posted))
            {
                posted.Callback(posted.State);
            }
        }
    }
}
