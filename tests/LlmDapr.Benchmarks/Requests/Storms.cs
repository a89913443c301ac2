using LlmDapr.Benchmarks.Capacity;

namespace LlmDapr.Benchmarks.Requests;

/// <summary>The two ways to run a <see cref="Storm"/>.</summary>
internal static class Storms
{
    /// <summary>In simulated time, more than there are places for, each up to a second long. Returns what is not at rest when nothing is left to happen.</summary>
    public static IReadOnlyList<string> Run(Storm storm, VirtualClock clock, int requests)
    {
        var running = new List<Task>(requests);
        clock.Run(
            async () =>
            {
                for (var number = 0; number < requests; number++)
                {
                    running.Add(storm.RunAsync(number));
                    if (number % 4 == 3)
                    {
                        await clock.Delay(0.02);
                    }
                }
            },
            until: requests);
        if (running.Find(task => !task.IsCompletedSuccessfully) is { } stuck)
        {
            throw new InvalidOperationException($"A request never ended: {stuck.Status} {stuck.Exception}");
        }

        IReadOnlyList<string>? unrest = null;
        clock.Run(async () => unrest = await storm.UnrestAsync(), until: requests + 1000);
        return unrest ?? ["the last call waits for ever"];
    }

    /// <summary>On the thread pool, in real time.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(Storm storm, int requests, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = 100, CancellationToken = cancellationToken }, async (number, _) => await storm.RunAsync(number));
        return await storm.UnrestAsync();
    }

    public static async Task YieldAsync() => await Task.Yield();
}
