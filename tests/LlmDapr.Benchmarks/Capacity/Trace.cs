using System.Globalization;
namespace LlmDapr.Benchmarks.Capacity;

internal static class Trace
{
    public static int Run(int mix, int seed)
    {
        var setting = new Setting { Mix = Mix.All[mix], Seed = seed, Way = double.Parse(Environment.GetEnvironmentVariable("WAY") ?? "0.02", CultureInfo.InvariantCulture), HalvesBudgets = Environment.GetEnvironmentVariable("NOHINT") is null };
        var o = Ways.Oracle(setting);
        VirtualClock? clock = null;
        var r = Ways.LlmDapr(setting, watch: (c, s) => { clock = c; _ = Watch(c, s); });
        Console.WriteLine($"{r.Completed} of {o.Completed} = {(double)r.Completed / o.Completed:P2} refused {r.Refused:P2} {r.RefusedInAll:P2}");
        return 0;
    }

    public static int Shared(int seed)
    {
        foreach (var mix in Mix.All)
        {
        var setting = new Setting { Mix = mix, Seed = seed, Replicas = 8 };
        var o = Ways.Oracle(setting);
        var per = new int[8];
        var r = Ways.LlmDapr(setting, perReplica: per);
        Console.WriteLine($"{mix.Name} {r.Completed} of {o.Completed} = {(double)r.Completed / o.Completed:P2} refused {r.Refused:P2} {r.RefusedInAll:P2} min {per.Min() * 8.0 / r.Completed:P0} {string.Join(' ', per)}");
        }
        return 0;
    }

    private static async Task Watch(VirtualClock clock, LlmDapr.Generation.Scheduling.Scheduler s)
    {
        while (true)
        {
            var sum = 0.0; var n = 0;
            for (var i = 0; i < 50; i++)
            {
                await clock.Delay(0.1);
                sum += s.Snapshot().Targets.Sum(t => t.InFlight); n++;
            }
            var x = s.Snapshot();
            foreach (var t in x.Targets)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Seconds,5:0} avg in flight {sum / n,6:0.0} limit {t.Limit,6:0.0} requests {t.RequestsLeft,7:0} tokens {t.TokensLeft,8:0} waiting {x.Queues.Sum(q => q.Length)}"));
        }
    }
}
