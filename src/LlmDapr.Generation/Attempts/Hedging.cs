using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Hedging;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Asks a second target for a stream whose first token is late, by Polly's hedging. The first that has words wins; the other is cancelled, and what it
/// may have brought in the same moment is disposed. Thread-safe.
/// </summary>
internal sealed class Hedging
{
    private static readonly ResiliencePropertyKey<Race> RaceKey = new("llmdapr.attempt.race");

    private readonly AttemptOptions _options;
    private readonly TargetPipelines _targets;
    private readonly ResiliencePipeline<Attempt> _pipeline;

    public Hedging(IOptions<AttemptOptions> options, TargetPipelines targets, TimeProvider time)
    {
        (_options, _targets) = (options.Value, targets);
        _pipeline = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddHedging(new HedgingStrategyOptions<Attempt>
            {
                MaxHedgedAttempts = 1,

                // A failure is the plan's business, not a reason to ask somebody else on the quiet.
                ShouldHandle = static _ => PredicateResult.False(),
                DelayGenerator = static args => ValueTask.FromResult(args.Context.Properties.GetValue(RaceKey, null!).Delay),
                ActionGenerator = static args =>
                {
                    var race = args.PrimaryContext.Properties.GetValue(RaceKey, null!);
                    var cancelled = args.ActionContext.CancellationToken;
                    return async () =>
                    {
                        try
                        {
                            return Outcome.FromResult(await race.Second(cancelled));
                        }
                        catch (OperationCanceledException e)
                        {
                            return Outcome.FromException<Attempt>(e);
                        }
                    };
                },
            })
            .Build();
    }

    /// <summary>How long a target's first token is waited for before a second one is asked; null: for ever.</summary>
    public TimeSpan? DelayOf(Target target) =>
        _options.Hedge && _targets.FirstTokensOf(target).P95() is { } late ? (late > _options.HedgeFloor ? late : _options.HedgeFloor) : null;

    /// <summary>Runs the first, and after the delay the second beside it; gives what ends first.</summary>
    public async Task<Attempt> RunAsync(TimeSpan delay, Func<CancellationToken, Task<Attempt>> first, Func<CancellationToken, Task<Attempt>> second, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RaceKey, new Race(delay, second));
        try
        {
            return await _pipeline.ExecuteAsync(static async (context, first) => await first(context.CancellationToken), context, first);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private sealed record Race(TimeSpan Delay, Func<CancellationToken, Task<Attempt>> Second);
}
