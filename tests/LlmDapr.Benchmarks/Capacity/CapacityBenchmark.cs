using System.Globalization;
using LlmDapr.Contracts;

namespace LlmDapr.Benchmarks.Capacity;

/// <summary>
/// How much of a provider's capacity is used, and at what cost in refused calls: a provider with 40 places, which it does not tell, 600 requests and
/// 200,000 tokens a minute, which its headers tell; all of it halved for the third minute of five; 2 % of calls fail; half more is offered than it can
/// take. Time is simulated, the scheduler is the production one.
/// </summary>
internal static class CapacityBenchmark
{
    private const double LeastOfOracle = 0.97;
    private const double MostRefused = 0.01;
    private const double MostRefusedInAll = 0.02;
    private const double LeastOfOracleShared = 0.90;

    public static int Run(int seeds)
    {
        var failures = new List<string>();
        foreach (var mix in Mix.All)
        {
            for (var seed = 1; seed <= seeds; seed++)
            {
                Compare(new Setting { Mix = mix, Seed = seed }, failures);
            }
        }

        for (var seed = 1; seed <= seeds; seed++)
        {
            Share(new Setting { Mix = Mix.Concurrency, Seed = seed, Replicas = 8 }, failures);
        }

        Console.WriteLine(failures.Count == 0 ? "every wanted figure holds" : $"{failures.Count} wanted figures are missed:");
        failures.ForEach(failure => Console.WriteLine($"  {failure}"));
        return failures.Count == 0 ? 0 : 1;
    }

    private static void Compare(Setting setting, List<string> failures)
    {
        var oracle = Ways.Oracle(setting);
        var unlimited = Ways.Unlimited(setting);
        var best = Ways.BestFixed(setting);
        var ours = Ways.LlmDapr(setting);
        Head(setting, $"{setting.Mix.Name}, seed {setting.Seed}: {setting.Capacity:0.0} calls/s can be taken, {setting.Capacity * setting.Offered:0.0} are offered");
        foreach (var result in new[] { unlimited, best, ours, oracle })
        {
            Row(result, oracle);
        }

        var at = $"{setting.Mix.Name}, seed {setting.Seed}";
        Want(ours.Completed >= LeastOfOracle * oracle.Completed, $"{at}: {(double)ours.Completed / oracle.Completed:P1} of the oracle's completions, wanted {LeastOfOracle:P0}", failures);
        Want(ours.Refused <= MostRefused, $"{at}: {ours.Refused:P2} of calls refused, wanted {MostRefused:P0}", failures);
        Want(ours.RefusedInAll <= MostRefusedInAll, $"{at}: {ours.RefusedInAll:P2} of calls refused in all, wanted {MostRefusedInAll:P0}", failures);
        var (wait, theirs) = (ours.Wait(Priorities.Interactive, 0.95), unlimited.Wait(Priorities.Interactive, 0.95));
        Want(wait <= theirs / 5, $"{at}: interactive calls wait {wait:0.00} s (p95), wanted a fifth of {theirs:0.00} s", failures);
        Want(ours.LeastBatchProgress() > 0, $"{at}: half a minute without a batch answer", failures);
    }

    private static void Share(Setting setting, List<string> failures)
    {
        var oracle = Ways.Oracle(setting);
        var perReplica = new int[setting.Replicas];
        var ours = Ways.LlmDapr(setting, perReplica: perReplica);
        Head(setting, $"{setting.Replicas} replicas share {setting.Concurrency} places, seed {setting.Seed}");
        Row(ours, oracle);
        Row(oracle, oracle);
        var share = (double)ours.Completed / setting.Replicas;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  completions by replica: {string.Join(' ', perReplica)}"));
        var at = $"{setting.Replicas} replicas, seed {setting.Seed}";
        Want(ours.Completed >= LeastOfOracleShared * oracle.Completed, $"{at}: {(double)ours.Completed / oracle.Completed:P1} of the oracle's completions, wanted {LeastOfOracleShared:P0}", failures);
        Want(perReplica.Min() >= share / 2, $"{at}: a replica has {perReplica.Min() / share:P0} of its share, wanted 50 %", failures);
    }

    private static void Head(Setting setting, string text)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{text} ({setting.Length:0} s, halved from {setting.HalvedFrom:0} to {setting.HalvedTo:0} s)"));
        Console.WriteLine("                                                                              p95 wait, s, of interactive   of answered");
        Console.WriteLine("                                completed  of oracle  refused   in all  given up  calls  async  batch   interactive  batch done");
    }

    private static void Row(Result result, Result oracle) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"  {result.Name,-30}{result.Completed,9}{(double)result.Completed / oracle.Completed,11:P1}{result.Refused,9:P2}{result.RefusedInAll,9:P2}{result.Failed,10}{result.Wait(Priorities.Interactive, 0.95),7:0.00}{result.Wait(Priorities.Async, 0.95),7:0}{result.Wait(Priorities.Batch, 0.95),7:0}{result.WaitOfAnswered(Priorities.Interactive, 0.95),14:0.00}{result.CompletedOf(Priorities.Batch),12}"));

    private static void Want(bool holds, string otherwise, List<string> failures)
    {
        if (!holds)
        {
            failures.Add(otherwise);
        }
    }
}
