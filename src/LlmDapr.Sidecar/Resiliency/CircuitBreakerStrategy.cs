using Polly;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Puts the invocation's breaker around each attempt. It sits inside the retries, so every attempt counts and may be refused.</summary>
internal sealed class CircuitBreakerStrategy : ResilienceStrategy<AttemptResult>
{
    /// <summary>A refusal is an error without a code, which daprd never repeats.</summary>
    public static readonly AttemptResult Open = new(AttemptEnd.Failed, 0, 2, "circuit breaker is open", false);

    public static readonly AttemptResult TooManyRequests = new(AttemptEnd.Failed, 0, 2, "too many requests", false);

    protected override async ValueTask<Outcome<AttemptResult>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<AttemptResult>>> callback, ResilienceContext context, TState state)
    {
        if (Invocation.Of(context).Breaker is not { } breaker)
        {
            return await callback(context, state);
        }

        switch (breaker.Enter(out var generation))
        {
            case BreakerEntry.Open:
                return Outcome.FromResult(Open);
            case BreakerEntry.TooManyRequests:
                return Outcome.FromResult(TooManyRequests);
        }

        // Anything that is not a success counts as a failure: a 4xx, a caller that left, an exception. That is daprd's rule.
        var success = false;
        try
        {
            var outcome = await callback(context, state);
            success = outcome.Exception is null && outcome.Result.IsSuccess;
            return outcome;
        }
        finally
        {
            breaker.Leave(generation, success);
        }
    }

    public static bool IsRefusal(in AttemptResult result) =>
        result.End == AttemptEnd.Failed && (ReferenceEquals(result.Error, Open.Error) || ReferenceEquals(result.Error, TooManyRequests.Error));

    internal sealed class Options : ResilienceStrategyOptions
    {
        public Options() => Name = "CircuitBreaker";
    }
}
