using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>A clock that can be moved on from delay to delay: exact, whatever threads the continuations run on.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _delays = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _delays.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Runs <paramref name="work"/> to its end by skipping every delay that it starts.</summary>
    public async Task<T> RunAsync<T>(Task<T> work)
    {
        while (true)
        {
            var delay = NextDelayAsync();
            if (await Task.WhenAny(work, delay) == work)
            {
                return await work;
            }

            Advance(await delay);
        }
    }

    /// <summary>The next delay that somebody starts; the clock stands still.</summary>
    public Task<TimeSpan> NextDelayAsync() => _delays.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask();
}
