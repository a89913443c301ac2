using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>Kills processes of a system while it works, each at a random part of the work, and starts them again.</summary>
internal sealed class Killer(RunningSystem system, KillPlan plan, Action<string> print)
{
    private readonly Random _random = new(plan.Seed);

    /// <summary>
    /// What was in flight at the kills, and may be done a second time: calls of generation's jobs. Edge and the sidecar make none, so that their deaths cost nothing.
    /// </summary>
    public int InFlight { get; private set; }

    /// <summary>Kills so often, at even parts of the work and a random moment of each.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var part = (plan.Jobs + plan.Events) / (plan.Kills + 1);
        foreach (var (number, victim) in Victims().Index())
        {
            var at = ((number + 1) * part) - _random.Next(part / 2);
            await Eventually.TrueAsync(
                async () => await system.Simulator.OfAsync(plan.Model, cancellationToken) is { InFlight: > 0 } counts && counts.Completed >= at, $"{at} calls are done and some more under way", cancellationToken, plan.Within);
            var (killed, inFlight) = await KillAsync(victim, cancellationToken);
            print(string.Create(CultureInfo.InvariantCulture, $"kill {number + 1}: {killed.Name} after {at} calls{(inFlight > 0 ? $", {inFlight} in flight" : "")}"));
            await system.RestartAsync(killed, cancellationToken);
        }
    }

    private IEnumerable<(string AppId, int Replica)> Victims()
    {
        (string, int)[] all = [(AppIds.Edge, 1), (string.Empty, 1), .. Enumerable.Range(1, plan.Replicas).Select(replica => (AppIds.Generation, replica))];
        return Enumerable.Range(0, plan.Kills).Chunk(all.Length).SelectMany(round =>
        {
            _random.Shuffle(all);
            return all.Take(round.Length).ToArray();
        });
    }

    private async Task<(KilledProcess Killed, int InFlight)> KillAsync((string AppId, int Replica) victim, CancellationToken cancellationToken)
    {
        if (victim.AppId != AppIds.Generation)
        {
            return (victim.AppId.Length == 0 ? system.KillSidecar() : system.KillApp(victim.AppId), 0);
        }

        // Which of the calls are the victim's, the provider cannot tell; and of those that it has answered, the victim may not have stored the last ones.
        // Between the question to it and its freezing it goes on: what reaches the provider meanwhile counts as well.
        var before = await system.Simulator.OfAsync(plan.Model, cancellationToken);
        var held = await JobsOfAsync(victim.Replica, cancellationToken);
        StartedProgram.Freeze(system.PidOf(AppIds.Generation, victim.Replica));
        var frozen = await system.Simulator.OfAsync(plan.Model, cancellationToken);
        var inFlight = Math.Max(held + (frozen.Requests - before.Requests), frozen.InFlight);
        InFlight += inFlight;
        return (system.KillApp(AppIds.Generation, victim.Replica), inFlight);
    }

    private async Task<int> JobsOfAsync(int replica, CancellationToken cancellationToken)
    {
        using var client = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App(AppIds.Generation, replica).AppPort}"));
        return Metrics.Sum(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken), "llmdapr_jobs_running");
    }
}
