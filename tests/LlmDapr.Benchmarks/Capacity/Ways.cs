using System.Diagnostics.Metrics;
using LlmDapr.Contracts;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmDapr.Benchmarks.Capacity;

/// <summary>The ways of calling that are compared. Each run has a clock and a provider of its own and the same load.</summary>
internal static class Ways
{
    private const int Attempts = 5;

    /// <summary>(a) Everything is sent at once; the SDK tries twice more.</summary>
    public static Result Unlimited(Setting setting) => Run("unlimited + SDK retries", setting, (clock, provider, result) => request => SdkAsync(setting, clock, provider, result, request, null));

    /// <summary>(b) So many at once, first come first served; the SDK tries twice more.</summary>
    public static Result Fixed(Setting setting, int limit) => Run($"fixed limit {limit} + SDK retries", setting, (clock, provider, result) =>
    {
        var gate = new SemaphoreSlim(limit);
        return request => SdkAsync(setting, clock, provider, result, request, gate);
    });

    /// <summary>The best of (b).</summary>
    public static Result BestFixed(Setting setting) =>
        Enumerable.Range(2, 29).Select(half => Fixed(setting, half * 2 * setting.Replicas)).MaxBy(result => result.Completed)!;

    /// <summary>(c) Who knows every limit: sends exactly when it will be taken.</summary>
    public static Result Oracle(Setting setting) => Run("oracle", setting, (clock, provider, result) =>
    {
        var line = new Line(clock, provider);
        return async request =>
        {
            for (var attempt = 0; ; attempt++)
            {
                await line.WaitAsync(request.Priority, request.TotalTokens);
                var started = clock.Seconds;
                var outcome = await Caller.AnswerAsync(provider, clock, setting, request, attempt);
                if (outcome.Status == 200)
                {
                    result.Answered(request, started - request.Arrival, clock.Seconds);
                    return;
                }

                if (attempt == Attempts - 1)
                {
                    result.GaveUp();
                    return;
                }

                await clock.Delay(Backoff(setting, request, attempt));
            }
        };
    });

    /// <summary>The production scheduler, as many replicas as the setting says.</summary>
    public static Result LlmDapr(Setting setting, Action<SchedulingOptions>? configure = null, Action<VirtualClock, Scheduler>? watch = null, int[]? perReplica = null)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var upstream = new Provider("p", new ProviderOptions { Endpoint = "http://localhost" }, null);
        var target = new Target(upstream, "m");
        var options = new SchedulingOptions();
        configure?.Invoke(options);
        var schedulers = new List<Scheduler>();
        var run = Run("LlmDapr", setting, (clock, provider, result) =>
        {
            for (var replica = 0; replica < setting.Replicas; replica++)
            {
                schedulers.Add(new Scheduler(Options.Create(options), new SchedulingMetrics(services.GetRequiredService<IMeterFactory>()), clock, new Random(setting.Seed + replica).NextDouble));
            }

            watch?.Invoke(clock, schedulers[0]);
            return request => GatewayAsync(setting, clock, provider, result, request, schedulers[request.Number % setting.Replicas], target, perReplica);
        });
        schedulers.ForEach(scheduler => scheduler.Dispose());
        return run;
    }

    private static Result Run(string name, Setting setting, Func<VirtualClock, SimulatedProvider, Result, Func<SimulatedRequest, Task>> way)
    {
        var clock = new VirtualClock();
        var provider = new SimulatedProvider(setting, clock);
        var result = new Result(name, setting) { Provider = provider };
        var load = SimulatedRequest.Load(setting);
        clock.Run(
            async () =>
            {
                var send = way(clock, provider, result);
                var halving = HalveAsync(setting, clock, provider);
                var sent = new List<Task> { halving };
                foreach (var request in load)
                {
                    await clock.Delay(request.Arrival - clock.Seconds);
                    sent.Add(send(request));
                    if (sent[^1].IsFaulted)
                    {
                        await sent[^1];
                    }
                }

                foreach (var task in sent.Where(task => task.IsFaulted))
                {
                    await task;
                }
            },
            setting.Length);
        result.Close(load);
        return result;
    }

    private static async Task HalveAsync(Setting setting, VirtualClock clock, SimulatedProvider provider)
    {
        await clock.Delay(setting.HalvedFrom);
        provider.Scale(0.5);
        await clock.Delay(setting.HalvedTo - setting.HalvedFrom);
        provider.Scale(1);
    }

    private static async Task SdkAsync(Setting setting, VirtualClock clock, SimulatedProvider provider, Result result, SimulatedRequest request, SemaphoreSlim? gate)
    {
        if (gate is not null)
        {
            await gate.WaitAsync();
        }

        for (var attempt = 0; ; attempt++)
        {
            var started = clock.Seconds;
            var outcome = await Caller.CallAsync(provider, clock, setting, request, attempt);
            if (outcome.Status == 200)
            {
                result.Answered(request, started - request.Arrival, clock.Seconds);
                break;
            }

            // openai-python: two retries, from 0.5 s to 8 s with up to a quarter less, or what the provider says.
            if (attempt == 2)
            {
                result.GaveUp();
                break;
            }

            await clock.Delay(outcome.RetryAfter ?? (Math.Min(8, 0.5 * Math.Pow(2, attempt)) * (1 - (0.25 * request.Draw(setting.Seed, attempt, 2)))));
        }

        gate?.Release();
    }

    private static async Task GatewayAsync(Setting setting, VirtualClock clock, SimulatedProvider provider, Result result, SimulatedRequest request, Scheduler scheduler, Target target, int[]? perReplica)
    {
        for (var attempt = 0; ; attempt++)
        {
            var admission = await scheduler.AdmitAsync(
                new AdmissionRequest("m", [new Candidate(target, 0, 1)], request.Tenant, request.Priority, new TokenEstimate(request.EstimatedPrompt, request.Bound), null),
                CancellationToken.None);
            if (admission is not Admission.Granted { Slot: var slot })
            {
                result.GaveUp(turnedAway: true);
                return;
            }

            CallOutcome outcome;
            var started = clock.Seconds;
            using (slot)
            {
                outcome = await Caller.CallAsync(provider, clock, setting, request, attempt, slot.Headers, slot.FirstToken);
                slot.Finish(
                    outcome.Status switch { 200 => AttemptOutcome.Success, 429 => AttemptOutcome.RateLimited, _ => AttemptOutcome.Failed },
                    outcome.Status == 200 ? request.TotalTokens : null);
            }

            if (outcome.Status == 200)
            {
                result.Answered(request, started - request.Arrival, clock.Seconds);
                if (perReplica is not null && clock.Seconds <= setting.Length)
                {
                    perReplica[request.Number % setting.Replicas]++;
                }

                return;
            }

            if (attempt == Attempts - 1)
            {
                result.GaveUp();
                return;
            }

            await clock.Delay(outcome.RetryAfter ?? Backoff(setting, request, attempt));
        }
    }

    private static double Backoff(Setting setting, SimulatedRequest request, int attempt) => 0.25 * Math.Pow(2, attempt) * (0.5 + request.Draw(setting.Seed, attempt, 3));

    /// <summary>
    /// The oracle's queue: whoever is next goes in the moment in which the provider can take it. Classes share as the scheduler's do, so that both serve
    /// much the same requests: who serves others has shorter or longer ones, by chance.
    /// </summary>
    private sealed class Line
    {
        private readonly (string Priority, double Weight, Queue<(int Tokens, TaskCompletionSource Go)> Waiting)[] _classes;
        private readonly double[] _passes = new double[3];
        private readonly VirtualClock _clock;
        private readonly SimulatedProvider _provider;
        private double _virtualTime;
        private bool _sleeping;

        public Line(VirtualClock clock, SimulatedProvider provider)
        {
            var options = new SchedulingOptions();
            _classes = [(Priorities.Interactive, options.InteractiveWeight, new()), (Priorities.Async, options.AsyncWeight, new()), (Priorities.Batch, options.BatchWeight, new())];
            (_clock, _provider) = (clock, provider);
            provider.Freed += Advance;
        }

        public Task WaitAsync(string priority, int tokens)
        {
            var index = Array.FindIndex(_classes, one => one.Priority == priority);
            if (_classes[index].Waiting.Count == 0)
            {
                _passes[index] = Math.Max(_passes[index], _virtualTime);
            }

            var go = new TaskCompletionSource();
            _classes[index].Waiting.Enqueue((tokens, go));
            Advance();
            return go.Task;
        }

        private void Advance()
        {
            while (Next() is >= 0 and var index)
            {
                var (_, weight, waiting) = _classes[index];
                var (tokens, go) = waiting.Peek();
                if (!_provider.CanTake(tokens, out var wait))
                {
                    if (wait > 0 && !_sleeping)
                    {
                        _sleeping = true;
                        _ = WakeAsync(wait);
                    }

                    return;
                }

                waiting.Dequeue();
                _virtualTime = Math.Max(_virtualTime, _passes[index]);
                _passes[index] += 1 / weight;
                _provider.Take(tokens);
                go.SetResult();
            }
        }

        private int Next()
        {
            var next = -1;
            for (var index = 0; index < _classes.Length; index++)
            {
                next = _classes[index].Waiting.Count > 0 && (next < 0 || _passes[index] < _passes[next]) ? index : next;
            }

            return next;
        }

        private async Task WakeAsync(double seconds)
        {
            await _clock.Delay(seconds + 0.001);
            _sleeping = false;
            Advance();
        }
    }
}
