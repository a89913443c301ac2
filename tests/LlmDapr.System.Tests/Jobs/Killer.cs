using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>
/// Kills processes of a system while it works, each at a random moment of its part of the work, and starts them again. The work is let in part by part, so that there is always some more than
/// the next kill needs, however long the starting again takes.
/// </summary>
internal sealed class Killer : IDisposable
{
    private readonly RunningSystem _system;
    private readonly KillPlan _plan;
    private readonly Action<string> _print;
    private readonly Random _random;
    private readonly int _part;
    private readonly SemaphoreSlim _admission;
    private int _admitted;

    public Killer(RunningSystem system, KillPlan plan, Action<string> print)
    {
        (_system, _plan, _print, _random) = (system, plan, print, new Random(plan.Seed));
        _part = (plan.Jobs + plan.Events) / (plan.Kills + 1);
        _admission = new SemaphoreSlim(0);
        Admit(2 * _part);
    }

    /// <summary>
    /// What was in flight at the kills, and may be done a second time: calls of generation's jobs. Edge and the sidecar make none, so that their deaths cost nothing.
    /// </summary>
    public int InFlight { get; private set; }

    /// <summary>Whoever brings a piece of work asks here before.</summary>
    public Task AdmittedAsync(CancellationToken cancellationToken) => _admission.WaitAsync(cancellationToken);

    /// <summary>Kills so often, at even parts of the work and a random moment of each.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (number, victim) in Victims().Index())
        {
            var at = ((number + 1) * _part) - _random.Next(_part / 2);
            await Eventually.TrueAsync(
                async () => await _system.Simulator.OfAsync(_plan.Model, cancellationToken) is var counts && counts.Completed >= at && (counts.InFlight > 0 || counts.Completed >= _admitted),
                $"{at} calls are done and some more under way",
                cancellationToken,
                _plan.Within);
            var (killed, inFlight) = await KillAsync(victim, cancellationToken);
            _print(string.Create(CultureInfo.InvariantCulture, $"kill {number + 1}: {killed.Name} after {at} calls{(inFlight > 0 ? $", {inFlight} in flight" : "")}"));
            await _system.RestartAsync(killed, cancellationToken);
            Admit(_part);
        }

        Admit(_plan.Jobs + _plan.Events);
    }

    public void Dispose() => _admission.Dispose();

    private void Admit(int count)
    {
        _admitted += count;
        _admission.Release(count);
    }

    private IEnumerable<(string AppId, int Replica)> Victims()
    {
        (string, int)[] all = [(AppIds.Edge, 1), (string.Empty, 1), .. Enumerable.Range(1, _plan.Replicas).Select(replica => (AppIds.Generation, replica))];
        return Enumerable.Range(0, _plan.Kills).Chunk(all.Length).SelectMany(round =>
        {
            _random.Shuffle(all);
            return all.Take(round.Length).ToArray();
        });
    }

    private async Task<(KilledProcess Killed, int InFlight)> KillAsync((string AppId, int Replica) victim, CancellationToken cancellationToken)
    {
        if (victim.AppId != AppIds.Generation)
        {
            return (victim.AppId.Length == 0 ? _system.KillSidecar() : _system.KillApp(victim.AppId), 0);
        }

        // Which of the calls are the victim's, the provider cannot tell; and of those that it has answered, the victim may not have stored the last ones.
        // Between the question to it and its freezing it goes on: what reaches the provider meanwhile counts as well.
        var before = await _system.Simulator.OfAsync(_plan.Model, cancellationToken);
        var held = await JobsOfAsync(victim.Replica, cancellationToken);
        StartedProgram.Freeze(_system.PidOf(AppIds.Generation, victim.Replica));
        var frozen = await _system.Simulator.OfAsync(_plan.Model, cancellationToken);
        var inFlight = Math.Max(held + (frozen.Requests - before.Requests), frozen.InFlight);
        InFlight += inFlight;
        return (_system.KillApp(AppIds.Generation, victim.Replica), inFlight);
    }

    private async Task<int> JobsOfAsync(int replica, CancellationToken cancellationToken)
    {
        using var client = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{_system.Report.App(AppIds.Generation, replica).AppPort}"));
        return Metrics.Sum(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken), "llmdapr_jobs_running");
    }
}
