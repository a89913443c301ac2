using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>A queue of jobs that never runs out while it is fed.</summary>
internal sealed class Backlog(SimulatorControl simulator, JobCaller caller, string model, Func<int> othersSent)
{
    private const int Depth = 200;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Jobs that were accepted so far.</summary>
    public int Submitted { get; private set; }

    /// <summary>Feeds the queue until it is told to stop.</summary>
    public async Task FeedAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            // A call that the provider refused counts as begun, and so one job more is queued than is needed: no harm.
            var begun = (await simulator.OfAsync(model, CancellationToken.None)).Requests - othersSent();
            for (; Submitted < begun + Depth; Submitted++)
            {
                await caller.SubmitAsync(Submitted, CancellationToken.None);
            }

            await Task.Delay(Pause, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when the provider has been idle for a second: the queue is empty.</summary>
    public async Task DrainAsync()
    {
        for (var idle = 0; idle < 5; idle++)
        {
            await Task.Delay(Pause, TimeProvider.System);
            idle = (await simulator.OfAsync(model, CancellationToken.None)).InFlight == 0 ? idle : 0;
        }
    }
}
