using System.Collections.Concurrent;
using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Breaker and clock of every target (provider and model), as Polly pipelines. The half-open probe is an attempt as far as its first words, so that no
/// long stream keeps others waiting. Thread-safe.
/// </summary>
internal sealed class TargetPipelines(IOptions<AttemptOptions> options, TimeProvider time)
{
    // Names of patterns are the callers' choice: beyond this many, targets that are well are forgotten.
    private const int MaxTargets = 4096;

    private static readonly ResiliencePropertyKey<TimeSpan> Clock = new("llmdapr.attempt.clock");

    private readonly ConcurrentDictionary<string, TargetPipeline> _targets = new(StringComparer.Ordinal);

    /// <summary>Whether a target is worth an attempt: its breaker is closed, or due for a probe.</summary>
    public bool IsOpen(Target target) => _targets.TryGetValue(target.ToString(), out var known) && IsOpen(known);

    /// <summary>The targets that get no attempts now.</summary>
    public IEnumerable<Target> Open() => _targets.Values.Where(IsOpen).Select(known => known.Target);

    /// <summary>Runs an attempt under the target's breaker and within the clock.</summary>
    /// <param name="target">The target.</param>
    /// <param name="clock">The attempt's time, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="run">The attempt.</param>
    /// <param name="cancellationToken">The caller's leaving and the total clock.</param>
    public async Task<Attempt> RunAsync(Target target, TimeSpan clock, Func<CancellationToken, Task<Attempt>> run, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Clock, clock);
        try
        {
            return await Of(target).Pipeline.ExecuteAsync(
                static async (context, run) => await run(context.CancellationToken),
                context,
                run);
        }
        catch (TimeoutRejectedException)
        {
            return Attempt.Failed.TimedOut(target, clock);
        }
        catch (BrokenCircuitException)
        {
            return Attempt.Failed.BreakerOpen(target, options.Value.BreakerPause);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private bool IsOpen(TargetPipeline known) =>
        known.State.CircuitState == CircuitState.Open && time.GetElapsedTime(known.OpenedAt) < options.Value.BreakerPause;

    private TargetPipeline Of(Target target)
    {
        if (_targets.Count > MaxTargets)
        {
            foreach (var (name, known) in _targets)
            {
                if (known.State.CircuitState == CircuitState.Closed)
                {
                    _targets.TryRemove(name, out _);
                }
            }
        }

        return _targets.GetOrAdd(target.ToString(), static (_, key) => key.Self.Build(key.Target), (Self: this, Target: target));
    }

    private TargetPipeline Build(Target target)
    {
        var settings = options.Value;
        var built = new TargetPipeline(target);
        built.Pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = 0.5,
                MinimumThroughput = settings.BreakerThreshold,
                SamplingDuration = settings.BreakerWindow,
                BreakDuration = settings.BreakerPause,
                StateProvider = built.State,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException || (args.Outcome.Result is { } attempt && AttemptJudge.IsTargetsFault(attempt))),
                OnOpened = _ =>
                {
                    built.OpenedAt = time.GetTimestamp();
                    return ValueTask.CompletedTask;
                },
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => ValueTask.FromResult(args.Context.Properties.TryGetValue(Clock, out var clock) ? clock : Timeout.InfiniteTimeSpan),
            })
            .Build();
        return built;
    }

    private sealed class TargetPipeline(Target target)
    {
        public Target Target => target;

        public CircuitBreakerStateProvider State { get; } = new();

        public ResiliencePipeline<Attempt> Pipeline { get; set; } = ResiliencePipeline<Attempt>.Empty;

        public long OpenedAt { get; set; }
    }
}
