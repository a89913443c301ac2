using System.Diagnostics;

namespace LlmDapr.Benchmarks.State;

/// <summary>One kind of call and how fast each of its rounds went.</summary>
internal sealed class Rounds(string name, Func<int, Task> call)
{
    private readonly List<double> _perSecond = [];
    private int _next;

    public string Name => name;

    /// <summary>Calls a second, of the middle round.</summary>
    public double Median => Middle(_perSecond);

    /// <summary>The middle of what the rounds were of another's of the same turn: whatever slows a turn down slows both.</summary>
    public double Of(Rounds measure) => Middle(_perSecond.Zip(measure._perSecond, (own, other) => own / other));

    /// <summary>Makes calls, so many at once.</summary>
    public async Task RunAsync(int calls, int atOnce, bool record)
    {
        var last = _next + calls;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => CallAsync(last)));
        if (record)
        {
            _perSecond.Add(calls / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        _next = last;
    }

    private static double Middle(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }

    private async Task CallAsync(int last)
    {
        for (var i = Interlocked.Increment(ref _next); i <= last; i = Interlocked.Increment(ref _next))
        {
            await call(i);
        }
    }
}
