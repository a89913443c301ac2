using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Edge.Tests.Hosting;

/// <summary>A clock that stands still, and tells when somebody has begun to wait for it.</summary>
internal sealed class WatchedTime : FakeTimeProvider
{
    private readonly ConcurrentQueue<TimeSpan> _timers = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Enqueue(dueTime);
        return timer;
    }

    /// <summary>Waits until that many timers of this length were set.</summary>
    public Task TimersAsync(TimeSpan dueTime, int count = 1) =>
        Soon.UntilAsync(() => _timers.Count(timer => timer == dueTime) >= count, $"{count} timers of {dueTime}");
}
