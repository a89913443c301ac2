using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.ServiceDefaults.Waiting;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Hop;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource<int> _running = new();
    private int _beats;

    [Fact]
    public async Task WithHeartbeat_QuickTask_HasNone()
    {
        _running.SetResult(7);

        Assert.Equal(7, await WaitAsync());
        Assert.Equal(0, _beats);
    }

    [Fact]
    public async Task WithHeartbeat_SlowTask_HasOneEachInterval()
    {
        var waiting = WaitAsync();
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
            Assert.Equal(i, _beats);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Soon.UntilAsync(() => _beats == i + 1);
        }

        _running.SetResult(7);

        Assert.Equal(7, await waiting);
        Assert.Equal(3, _beats);
    }

    [Fact]
    public async Task WithHeartbeat_TaskFails_Throws()
    {
        var waiting = WaitAsync();

        _running.SetException(new TimeoutException("its own"));

        Assert.Equal("its own", (await Assert.ThrowsAsync<TimeoutException>(() => waiting)).Message);
    }

    // The timer fires, and before anyone looks the task has ended: its result must not be lost.
    [Fact]
    public async Task WithHeartbeat_TaskEndsWithTheTimer_IsItsResult()
    {
        var held = new HeldContext();
        Task<int> waiting;
        var before = SynchronizationContext.Current;
        try
        {
            SynchronizationContext.SetSynchronizationContext(held);
            waiting = WaitAsync();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        _time.Advance(Interval);
        await Soon.UntilAsync(() => held.HasWork);
        _running.SetResult(7);
        held.Run();

        Assert.Equal(7, await waiting);
    }

    [Fact]
    public async Task WithHeartbeat_BeatFails_IsThrownOnceTheTaskHasEnded()
    {
        var waiting = _running.Task.WithHeartbeatAsync(Interval, _time, () => throw new InvalidOperationException("gone"));

        _time.Advance(Interval);
        Assert.False(waiting.IsCompleted);
        _running.SetResult(7);

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
    }

    private Task<int> WaitAsync() => _running.Task.WithHeartbeatAsync(Interval, _time, () =>
    {
        Interlocked.Increment(ref _beats);
        return Task.CompletedTask;
    });

    private sealed class HeldContext : SynchronizationContext
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = new();

        public bool HasWork => !_work.IsEmpty;

        public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

        public void Run()
        {
            while (_work.TryDequeue(out var work))
            {
                work.Callback(work.State);
            }
        }
    }
}
