using System.Collections.Concurrent;
using System.Diagnostics;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>Interactive callers that come at random (a Poisson process), whatever becomes of those before them.</summary>
internal sealed class InteractiveLoad(JobCaller caller, double perSecond, int seed)
{
    private readonly Random _random = new(seed);
    private int _sent;

    /// <summary>How many have come.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Lets callers come for a while; gives the seconds that each of them waited for its whole answer.</summary>
    public async Task<IReadOnlyList<double>> RunAsync(TimeSpan time)
    {
        var seconds = new ConcurrentBag<double>();
        var calls = new List<Task>();
        var began = Stopwatch.GetTimestamp();
        for (var due = Next(); due < time; due += Next())
        {
            var left = due - Stopwatch.GetElapsedTime(began);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, TimeProvider.System);
            }

            calls.Add(AskAsync(seconds));
        }

        await Task.WhenAll(calls);
        return [.. seconds];
    }

    private TimeSpan Next() => TimeSpan.FromSeconds(-Math.Log(1 - _random.NextDouble()) / perSecond);

    private async Task AskAsync(ConcurrentBag<double> seconds)
    {
        var number = Interlocked.Increment(ref _sent);
        var began = Stopwatch.GetTimestamp();
        await caller.AskAsync(number, CancellationToken.None);
        seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
    }
}
