using System.Diagnostics.Metrics;
using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmDapr.Benchmarks.Requests;

/// <summary>
/// Requests that end in every way and at every phase, against the scheduler alone: answered, failed, refused, timed out, left by their caller before,
/// in the queue, before the head, before the first word and after it; slots disposed twice, or without a word. The randomness is seeded; whether it runs
/// in simulated time or on many threads is the caller's choice.
/// </summary>
internal sealed class Storm : IDisposable
{
    private static readonly string[] Classes = [Priorities.Interactive, Priorities.Async, Priorities.Batch];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Provider _upstream = new("p", new ProviderOptions { Endpoint = "http://localhost" }, null);
    private readonly Target[] _targets;
    private readonly Func<double, Task> _delay;
    private readonly int _seed;
    private long _granted;
    private long _refused;
    private long _left;

    /// <param name="time">The clock.</param>
    /// <param name="delay">Waits for a part of a call's length, 0 to 1.</param>
    /// <param name="seed">What makes it another one.</param>
    public Storm(TimeProvider time, Func<double, Task> delay, int seed = 0)
    {
        (_delay, _seed) = (delay, seed);
        _targets = [new Target(_upstream, "a"), new Target(_upstream, "b")];
        Scheduler = new Scheduler(
            Options.Create(new SchedulingOptions { MaxQueue = 200, MinLimit = 20, MaxLimit = 60, SpillAfter = TimeSpan.FromMilliseconds(20) }),
            new SchedulingMetrics(_services.GetRequiredService<IMeterFactory>()),
            time,
            new Random(seed).NextDouble);
    }

    public Scheduler Scheduler { get; }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_granted} granted, {_refused} refused, {_left} left while waiting");

    /// <summary>One request, from its admission to its end.</summary>
    public async Task RunAsync(int number)
    {
        var random = new Random((_seed * 1_000_003) + number);
        using var leave = new CancellationTokenSource();
        var leavesAt = random.Next(12);
        if (leavesAt == 0)
        {
            Leave(leave);
        }

        var admission = AdmitAsync(random, number, leave.Token);
        if (leavesAt == 1)
        {
            await _delay(0.1 * random.NextDouble());
            Leave(leave);
        }

        try
        {
            switch (await admission)
            {
                case Admission.Granted { Slot: var slot }:
                    Interlocked.Increment(ref _granted);
                    await CallAsync(slot, random);
                    break;
                default:
                    Interlocked.Increment(ref _refused);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _left);
        }
    }

    /// <summary>What is not at rest; empty when everything is. Ends with one more call to each target, whose head must leave exactly what it says.</summary>
    public async Task<IReadOnlyList<string>> UnrestAsync()
    {
        var unrest = new List<string>();
        foreach (var target in _targets)
        {
            // It may have to wait for the end of a pause.
            var admission = await Scheduler.AdmitAsync(new AdmissionRequest("last", [new Candidate(target, 0, 1)], "t", Priorities.Interactive, new TokenEstimate(1, 0), null), CancellationToken.None);
            if (admission is not Admission.Granted { Slot: var slot })
            {
                unrest.Add($"{target} takes no call: {admission}");
                continue;
            }

            slot.Headers(Head("requests", 60_000, 60_000).Concat(Head("tokens", 6_000_000, 6_000_000)));
            slot.Finish(AttemptOutcome.Success, 1);
            slot.Dispose();
        }

        var snapshot = Scheduler.Snapshot();
        unrest.AddRange(snapshot.Targets.Where(target => target.InFlight != 0).Select(target => $"{target.Target} has {target.InFlight} in flight"));
        unrest.AddRange(snapshot.Targets.Where(target => target.RequestsLeft != 60_000 || target.TokensLeft != 6_000_000).Select(target => $"{target.Target} has {target.RequestsLeft} requests and {target.TokensLeft} tokens left"));
        unrest.AddRange(snapshot.Queues.Where(queue => queue.Length != 0).Select(queue => $"{queue.Length} wait for {queue.Model} ({queue.Priority})"));
        return unrest;
    }

    public void Dispose()
    {
        Scheduler.Dispose();
        _upstream.Dispose();
        _services.Dispose();
    }

    // Not CancelAsync: that goes to another thread, and simulated time has one.
    private static void Leave(CancellationTokenSource leave) => leave.Cancel();

    private async Task<Admission> AdmitAsync(Random random, int number, CancellationToken leave)
    {
        Candidate[] candidates = random.Next(3) switch
        {
            0 => [new Candidate(_targets[0], 0, 1)],
            1 => [new Candidate(_targets[0], 0, 2), new Candidate(_targets[1], 0, 1)],
            _ => [new Candidate(_targets[1], 0, 1), new Candidate(_targets[0], 1, 1)],
        };
        return await Scheduler.AdmitAsync(
            new AdmissionRequest(
                $"m{number % 3}",
                candidates,
                $"t{random.Next(9)}",
                Classes[random.Next(3)],
                new TokenEstimate(random.Next(2000), random.Next(2) == 0 ? random.Next(500) : null),
                random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 200)) : null),
            leave);
    }

    // It may end after each line: whatever comes later is then never said.
    private async Task CallAsync(Slot slot, Random random)
    {
        using (slot)
        {
            var (ends, outcome) = (random.Next(6), (AttemptOutcome)random.Next(7));
            if (ends == 0)
            {
                return;
            }

            await _delay(0.2 * random.NextDouble());
            var isRefused = outcome is AttemptOutcome.RateLimited or AttemptOutcome.Overloaded;
            if (random.Next(3) > 0)
            {
                var left = 0.6 + (0.4 * random.NextDouble());
                slot.Headers([.. Head("requests", 60_000, 60_000 * left), .. Head("tokens", 6_000_000, 6_000_000 * left), .. isRefused && random.Next(8) == 0 ? [["retry-after-ms", "3"]] : Array.Empty<string[]>()]);
            }

            if (ends == 1 || (isRefused && ends < 5))
            {
                slot.Finish(outcome, null);
                return;
            }

            await _delay(0.3 * random.NextDouble());
            if (ends == 2)
            {
                slot.Finish(random.Next(2) == 0 ? AttemptOutcome.TimedOut : AttemptOutcome.Cancelled, null);
                return;
            }

            slot.FirstToken();
            await _delay(0.5 * random.NextDouble());
            if (ends == 3)
            {
                slot.Dispose();
            }

            slot.Finish(outcome, random.Next(2) == 0 ? random.Next(3000) : null);
            slot.Finish(AttemptOutcome.RateLimited, null);
            if (ends == 4)
            {
                slot.Dispose();
                slot.Dispose();
            }
        }
    }

    private static IEnumerable<string[]> Head(string kind, double limit, double left) =>
    [
        [$"x-ratelimit-limit-{kind}", limit.ToString("0", CultureInfo.InvariantCulture)],
        [$"x-ratelimit-remaining-{kind}", left.ToString("0", CultureInfo.InvariantCulture)],
        [$"x-ratelimit-reset-{kind}", string.Create(CultureInfo.InvariantCulture, $"{(limit - left) / limit * 60:0.###}s")],
    ];
}
