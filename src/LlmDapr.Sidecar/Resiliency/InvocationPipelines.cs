using Polly;
using Polly.Retry;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Builds the Polly pipelines. A pipeline has no state of its own, so one serves all invocations of its policy.</summary>
internal static class InvocationPipelines
{
    /// <summary>retry( breaker( attempt ) ).</summary>
    public static ResiliencePipeline<AttemptResult> ForTarget(RetryPolicy? retry, ResiliencyRuntime runtime)
    {
        var builder = new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = runtime.Time };
        if (retry is not null)
        {
            builder.AddRetry(Retry(retry, runtime, result => !CircuitBreakerStrategy.IsRefusal(result) && retry.IsRepeatable(result)));
        }

        return builder.AddStrategy(static _ => new CircuitBreakerStrategy(), new CircuitBreakerStrategy.Options()).Build();
    }

    /// <summary>The retries that an app without target entry gets: for an unreachable sidecar only, never for an answer.</summary>
    public static ResiliencePipeline<AttemptResult> ForBuiltIn(RetryPolicy retry, ResiliencyRuntime runtime) =>
        new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = runtime.Time }
            .AddRetry(Retry(retry, runtime, static result => result.IsUnreachable))
            .Build();

    private static RetryStrategyOptions<AttemptResult> Retry(RetryPolicy policy, ResiliencyRuntime runtime, Predicate<AttemptResult> isRepeatable) => new()
    {
        MaxRetryAttempts = policy.MaxRetries < 0 ? int.MaxValue : policy.MaxRetries,
        ShouldHandle = args => ValueTask.FromResult(
            args.Outcome.Exception is null
            && isRepeatable(args.Outcome.Result)
            && Invocation.Of(args.Context).Delays is { } delays
            && delays.MoveNext()),
        DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(Invocation.Of(args.Context).Delays!.Current),
        OnRetry = args =>
        {
            var invocation = Invocation.Of(args.Context);
            if (invocation.Retries++ == 0)
            {
                // Like daprd, once an invocation and not once an attempt.
                runtime.Logger.Retrying(invocation.Operation(), GoDuration.Format(args.RetryDelay));
            }

            return default;
        },
    };
}
