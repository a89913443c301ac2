using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Scheduling;
using LlmDapr.Generation.Streaming;
using LlmDapr.Generation.Telemetry;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// Makes a request's attempts until one brings an answer or none can. Outermost first: retry and fallback (Polly's retry; the plan says whether, where and
/// when) → admission → hedging (Polly's) → breaker → the attempt's clock → the attempt. Thread-safe.
/// </summary>
internal sealed class AttemptRunner
{
    private static readonly ResiliencePropertyKey<Request> RequestKey = new("llmdapr.attempt.request");

    private readonly CatalogStore _catalog;
    private readonly ProviderAttempt _attempt;
    private readonly TargetPipelines _targets;
    private readonly RetryBudget _budget;
    private readonly Scheduler _scheduler;
    private readonly TokenEstimator _tokens;
    private readonly AttemptTelemetry _telemetry;
    private readonly Hedging _hedging;
    private readonly AttemptOptions _options;
    private readonly Func<double> _random;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<Attempt> _retry;

    public AttemptRunner(
        CatalogStore catalog,
        ProviderAttempt attempt,
        TargetPipelines targets,
        RetryBudget budget,
        Scheduler scheduler,
        TokenEstimator tokens,
        AttemptTelemetry telemetry,
        Hedging hedging,
        IOptions<AttemptOptions> options,
        TimeProvider time,
        Func<double> random)
    {
        (_catalog, _attempt, _targets, _budget, _scheduler, _tokens, _telemetry, _hedging) = (catalog, attempt, targets, budget, scheduler, tokens, telemetry, hedging);
        (_options, _time, _random) = (options.Value, time, random);
        _retry = new ResiliencePipelineBuilder<Attempt> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<Attempt>
            {
                // The plan ends it, long before.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Result is { } made && Of(args.Context).GoesOn(made)),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(Of(args.Context).Plan.Delay),
            })
            .Build();
    }

    /// <summary>The answer, or the error that tells the caller most; and how many attempts the call has had in all.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">Who may answer.</param>
    /// <param name="clock">The call's clock.</param>
    /// <param name="made">Attempts that the call has had before: a stream that is finished elsewhere goes on with what is left.</param>
    /// <exception cref="OperationCanceledException">The caller left, or the call's clock ran out.</exception>
    public async Task<(Attempt Attempt, int Attempts)> RunAsync(GenerationCall call, RoutedModel model, CallClock clock, int made = 0)
    {
        if (made == 0)
        {
            _budget.Earn();
        }

        var request = new Request(this, call, new AttemptPlan(model, _options, _budget, _targets.IsOpen, _random, made), clock);
        var context = ResilienceContextPool.Shared.Get(clock.Token);
        context.Properties.Set(RequestKey, request);
        try
        {
            var last = await _retry.ExecuteAsync(static async context => await Of(context).NextAsync(context.CancellationToken), context);
            var isAnswer = last is Attempt.Streaming or Attempt.Plain { Status: < 400 } || AttemptJudge.Judge(last) is Verdict.Final or Verdict.Larger;
            return (isAnswer ? last : request.Plan.Best!, request.Plan.Made);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static Request Of(ResilienceContext context) => context.Properties.GetValue(RequestKey, null!);

    private TimeSpan ClockOf(GenerationCall call, AttemptPlan plan, Target target) =>
        !call.Request.Stream ? _options.PlainAnswer ?? Timeout.InfiniteTimeSpan
        : plan.HasFallback(target) ? _options.FirstToken
        : _options.FirstTokenAlone;

    private sealed class Request(AttemptRunner runner, GenerationCall call, AttemptPlan plan, CallClock clock)
    {
        private readonly TokenEstimate _tokens = runner._tokens.Estimate(call.Kind, call.Request);

        public AttemptPlan Plan => plan;

        public bool GoesOn(Attempt made)
        {
            if (!plan.GoesOn(made, runner._time.GetUtcNow(), clock.Left))
            {
                return false;
            }

            if (AttemptJudge.Judge(made) == Verdict.Larger)
            {
                if (runner._catalog.Current.Route(plan.Larger!) is not { } larger)
                {
                    return false;
                }

                plan.UseLarger(larger);
            }

            return true;
        }

        public async Task<Attempt> NextAsync(CancellationToken cancellationToken)
        {
            var candidates = plan.Candidates();
            return await AdmitAsync(candidates, clock.Left, cancellationToken) switch
            {
                Admission.Granted granted => await RaceAsync(granted.Slot, cancellationToken),
                Admission.Refused refused => Attempt.Failed.NotAdmitted(candidates[0].Target, refused.Error),
                var other => throw new InvalidOperationException($"No such admission: {other}"),
            };
        }

        private ValueTask<Admission> AdmitAsync(IReadOnlyList<RoutedTarget> candidates, TimeSpan timeLeft, CancellationToken cancellationToken) =>
            runner._scheduler.AdmitAsync(
                new AdmissionRequest(
                    call.Request.Model,
                    [.. candidates.Select(candidate => new Candidate(candidate.Target, candidate.Rank, candidate.Weight))],
                    call.Tenant,
                    call.Priority,
                    _tokens,
                    timeLeft),
                cancellationToken);

        private async Task<Attempt> RaceAsync(Slot slot, CancellationToken cancellationToken)
        {
            if (!call.Request.Stream || runner._hedging.DelayOf(slot.Target) is not { } delay)
            {
                return await AskAsync(slot, cancellationToken);
            }

            // Polly does not call what was cancelled before: then nobody else gives the place back.
            var begun = false;
            try
            {
                return await runner._hedging.RunAsync(
                    delay,
                    token =>
                    {
                        begun = true;
                        return AskAsync(slot, token);
                    },
                    token => HedgeAsync(slot.Target, token),
                    cancellationToken);
            }
            finally
            {
                if (!begun)
                {
                    slot.Dispose();
                }
            }
        }

        // Only words win the race: without a place, a budget or an answer, this one waits for the other's end.
        private async Task<Attempt> HedgeAsync(Target late, CancellationToken cancellationToken)
        {
            if (plan.TryHedge() && await AdmitAsync(plan.Besides(late), runner._options.HedgeFloor, cancellationToken) is Admission.Granted { Slot: var slot })
            {
                var attempt = await AskAsync(slot, cancellationToken);
                runner._telemetry.Hedged(slot.Target, attempt is Attempt.Streaming);
                if (attempt is Attempt.Streaming)
                {
                    return attempt;
                }
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, runner._time, cancellationToken);
            throw new OperationCanceledException(cancellationToken);
        }

        // Place and span end here, or, with a stream, with the stream's disposal: whatever happens, once.
        private async Task<Attempt> AskAsync(Slot slot, CancellationToken cancellationToken)
        {
            var target = slot.Target;
            var held = new HeldAttempt(slot, runner._telemetry.Begin(target, call.Kind, call.Request.Stream, plan.Made + 1));
            var (handedOver, startedAt) = (false, runner._time.GetTimestamp());
            try
            {
                var attempt = await runner._targets.RunAsync(
                    target,
                    runner.ClockOf(call, plan, target),
                    token => runner._attempt.RunAsync(target, call, token),
                    cancellationToken);
                slot.Headers(attempt.Headers);
                if (attempt is Attempt.Streaming stream)
                {
                    held.FirstWords();
                    runner._targets.FirstTokensOf(target).Add(runner._time.GetElapsedTime(startedAt));
                    stream.Rest.Holds(held);
                    handedOver = true;
                }
                else
                {
                    held.Finish(AttemptJudge.Outcome(attempt), attempt is Attempt.Plain { Status: < 400 } plain ? Usage.Read(plain.Body.Span) : null);
                }

                return attempt;
            }
            finally
            {
                if (!handedOver)
                {
                    held.Dispose();
                }
            }
        }
    }
}
