using System.Collections.Concurrent;
using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Breaker and clock of every target (provider and model), as Polly pipelines. The half-open probe is an attempt as far as its first words, so that no
/// long stream keeps others waiting; a plain answer may take minutes, so while one is the probe, another probe is let through after each pause. Thread-safe.
/// </summary>
internal sealed class TargetPipelines
{
    // Names of patterns are the callers' choice: beyond this many, targets that are well are forgotten.
    private const int MaxTargets = 4096;

    private static readonly ResiliencePropertyKey<TimeSpan> Clock = new("llmdapr.attempt.clock");

    private readonly ConcurrentDictionary<string, TargetPipeline> _targets = new(StringComparer.Ordinal);
    private readonly AttemptOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Attempt> _clock;

    public TargetPipelines(IOptions<AttemptOptions> options, TimeProvider time)
    {
        (_options, _time) = (options.Value, time);
        _clock = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator = static args => ValueTask.FromResult(args.Context.Properties.TryGetValue(Clock, out var clock) ? clock : Timeout.InfiniteTimeSpan),
            })
            .Build();
    }

    /// <summary>Whether a target is worth an attempt: its breaker is closed, or due for a probe.</summary>
    public bool IsOpen(Target target) => _targets.TryGetValue(target.ToString(), out var known) && IsOpen(known);

    /// <summary>The targets that get no attempts now.</summary>
    public IEnumerable<Target> Open() => _targets.Values.Where(IsOpen).Select(known => known.Target);

    /// <summary>The last times to a first token at a target.</summary>
    public FirstTokenTimes FirstTokensOf(Target target) => Of(target).FirstTokens;

    /// <summary>Runs an attempt under the target's breaker and within the clock.</summary>
    /// <param name="target">The target.</param>
    /// <param name="clock">The attempt's time, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    /// <param name="run">The attempt.</param>
    /// <param name="cancellationToken">The caller's leaving and the total clock.</param>
    public async Task<Attempt> RunAsync(Target target, TimeSpan clock, Func<CancellationToken, Task<Attempt>> run, CancellationToken cancellationToken)
    {
        var known = Of(target);
        try
        {
            return await ExecuteAsync(known.Pipeline, clock, run, cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            return Attempt.Failed.TimedOut(target, clock);
        }
        catch (BrokenCircuitException)
        {
            return known.State.CircuitState == CircuitState.HalfOpen && known.TakeProbe(_time, _options.BreakerPause)
                ? await ProbeAsync(target, known, clock, run, cancellationToken)
                : Attempt.Failed.BreakerOpen(target, _options.BreakerPause);
        }
    }

    private static async Task<Attempt> ExecuteAsync(ResiliencePipeline<Attempt> pipeline, TimeSpan clock, Func<CancellationToken, Task<Attempt>> run, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Clock, clock);
        try
        {
            return await pipeline.ExecuteAsync(static async (context, run) => await run(context.CancellationToken), context, run);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // Polly has one probe until it ends. This one goes past its breaker, which it can only close.
    private async Task<Attempt> ProbeAsync(Target target, TargetPipeline known, TimeSpan clock, Func<CancellationToken, Task<Attempt>> run, CancellationToken cancellationToken)
    {
        try
        {
            var attempt = await ExecuteAsync(_clock, clock, run, cancellationToken);
            if (!AttemptJudge.IsTargetsFault(attempt))
            {
                // Not to be cancelled: the attempt is somebody's answer, and would be lost.
                await known.Control.CloseAsync(CancellationToken.None);
            }

            return attempt;
        }
        catch (TimeoutRejectedException)
        {
            return Attempt.Failed.TimedOut(target, clock);
        }
    }

    private bool IsOpen(TargetPipeline known) =>
        known.State.CircuitState == CircuitState.Open && _time.GetElapsedTime(known.OpenedAt) < _options.BreakerPause;

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
        var built = new TargetPipeline(target);
        built.Pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = _time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<Attempt>
            {
                FailureRatio = 0.5,
                MinimumThroughput = _options.BreakerThreshold,
                SamplingDuration = _options.BreakerWindow,
                BreakDuration = _options.BreakerPause,
                StateProvider = built.State,
                ManualControl = built.Control,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is TimeoutRejectedException || (args.Outcome.Result is { } attempt && AttemptJudge.IsTargetsFault(attempt))),
                OnOpened = _ =>
                {
                    built.OpenedAt = _time.GetTimestamp();
                    return ValueTask.CompletedTask;
                },
                OnHalfOpened = _ =>
                {
                    built.ProbedAt = _time.GetTimestamp();
                    return ValueTask.CompletedTask;
                },
            })
            .AddPipeline(_clock)
            .Build();
        return built;
    }
}
