using System.Globalization;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>
/// What interactive callers notice of a backlog of jobs. The provider takes 32 calls at once and refuses the 33rd, which generation has to find out by itself;
/// its answers take 0.8 s (median) with a tail. Interactive callers alone need about a third of it. With the backlog, jobs are to fill the rest, and an
/// interactive call that finds the provider full waits for the next place, ahead of all jobs.
/// Phases without a backlog lie before and after the one with it, so that neither has the machine's better minutes.
/// </summary>
internal static class BacklogBenchmark
{
    private const int Concurrency = 32;
    private const string Model = "sim-backlog?concurrency=32&ttft=800ms&jitter=0.4&words=20&seed=7";
    private const double PerSecond = 12;
    private const double MostSlowdown = 1.2;
    private const double LeastBusy = 0.95;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Without = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan With = TimeSpan.FromSeconds(80);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    public static async Task<int> RunAsync()
    {
        await using var system = await BuiltSystem.StartAsync();
        var caller = new JobCaller(system, Model);
        var load = new InteractiveLoad(caller, PerSecond, seed: 1);
        var backlog = new Backlog(system.Simulator, caller, Model, () => load.Sent);
        var alone = new List<double>();

        // Generation gets to know the provider; everything is compiled.
        await WithBacklogAsync(backlog, () => load.RunAsync(WarmUp));
        alone.AddRange(await load.RunAsync(Without));

        IReadOnlyList<double> beside = [];
        var (refused, done) = (0, 0);
        var busy = 0.0;
        await WithBacklogAsync(backlog, async () =>
        {
            // Until the jobs have filled the provider.
            await load.RunAsync(TimeSpan.FromSeconds(5));
            var before = await system.Simulator.OfAsync(Model, CancellationToken.None);
            using var stop = new CancellationTokenSource();
            var watching = WatchAsync(system.Simulator, stop.Token);
            var sent = load.Sent;
            beside = await load.RunAsync(With);
            await stop.CancelAsync();
            busy = await watching;
            var after = await system.Simulator.OfAsync(Model, CancellationToken.None);
            (refused, done) = (after.RateLimited - before.RateLimited, after.Completed - before.Completed - (load.Sent - sent));
        });
        alone.AddRange(await load.RunAsync(Without));

        Show("interactive alone", alone);
        Show("with the backlog", beside);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  meanwhile {done / With.TotalSeconds:0.0} jobs/s beside {PerSecond:0} interactive calls/s; the provider refused {refused} calls"));
        var slowdown = Percentile(beside, 0.95) / Percentile(alone, 0.95);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"interactive p95 {slowdown:0.00} x the one without a backlog (limit {MostSlowdown}), provider {busy:P1} busy (limit {LeastBusy:P0})"));
        return slowdown <= MostSlowdown && busy >= LeastBusy ? 0 : 1;
    }

    private static async Task WithBacklogAsync(Backlog backlog, Func<Task> work)
    {
        using var stop = new CancellationTokenSource();
        var feeding = backlog.FeedAsync(stop.Token);
        await work();
        await stop.CancelAsync();
        await feeding;
        await backlog.DrainAsync();
    }

    // The share of the provider's places that are taken.
    private static async Task<double> WatchAsync(SimulatorControl simulator, CancellationToken stop)
    {
        var (sum, count) = (0.0, 0);
        while (!stop.IsCancellationRequested)
        {
            sum += Math.Min(Concurrency, (await simulator.OfAsync(Model, CancellationToken.None)).InFlight);
            count++;
            await Task.Delay(Glance, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return sum / count / Concurrency;
    }

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)(share * (sorted.Count - 1))];
    }

    private static void Show(string name, IReadOnlyList<double> seconds) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-20}{seconds.Count,6} calls   p50 {Percentile(seconds, 0.5) * 1000:0} ms   p95 {Percentile(seconds, 0.95) * 1000:0} ms   p99 {Percentile(seconds, 0.99) * 1000:0} ms"));
}
