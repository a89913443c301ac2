using System.Globalization;
using LlmDapr.Benchmarks.Capacity;

namespace LlmDapr.Benchmarks.Requests;

/// <summary>A hundred thousand requests that end in every way at every phase, in simulated time and on many threads: nothing is held at the end.</summary>
internal static class RequestsBenchmark
{
    public static async Task<int> RunAsync(int requests)
    {
        var inTime = InSimulatedTime(requests);
        var onThreads = await OnThreadsAsync(requests);
        foreach (var (how, ran, unrest) in new[] { ("in simulated time", inTime.Ran, inTime.Unrest), ("on many threads", onThreads.Ran, onThreads.Unrest) })
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{requests} requests {how,-18}: {ran}; at the end {(unrest.Count == 0 ? "all is at rest" : string.Join(", ", unrest))}"));
        }

        return inTime.Unrest.Count + onThreads.Unrest.Count == 0 ? 0 : 1;
    }

    private static (string Ran, IReadOnlyList<string> Unrest) InSimulatedTime(int requests)
    {
        var clock = new VirtualClock();
        using var storm = new Storm(clock, part => clock.Delay(part));
        var unrest = Storms.Run(storm, clock, requests);
        return (storm.ToString(), unrest);
    }

    private static async Task<(string Ran, IReadOnlyList<string> Unrest)> OnThreadsAsync(int requests)
    {
        using var storm = new Storm(TimeProvider.System, _ => Storms.YieldAsync());
        var unrest = await Storms.RunAsync(storm, requests, CancellationToken.None);
        return (storm.ToString(), unrest);
    }
}
