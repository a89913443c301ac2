using Polly;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What the strategies of the pipeline know about the invocation that they run: its breaker and its delays.</summary>
internal sealed class Invocation
{
    private static readonly ResiliencePropertyKey<Invocation> Key = new("llmdapr.invocation");

    /// <summary>daprd's name for what is repeated: <c>endpoint[app, app:method]</c>, <c>component[name] output</c>.</summary>
    public required Func<string> Operation { get; init; }

    public required Func<CancellationToken, ValueTask<AttemptResult>> Attempt { get; init; }

    public CircuitBreaker? Breaker { get; init; }

    /// <summary>Null: nothing of this invocation is repeated.</summary>
    public RetryDelays? Delays { get; init; }

    /// <summary>A first result that is already there: the pipeline starts with it instead of an attempt.</summary>
    public AttemptResult? First { get; set; }

    public int Retries { get; set; }

    public static Invocation Of(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    public async ValueTask<Outcome<AttemptResult>> RunAsync(ResiliencePipeline<AttemptResult> pipeline, CancellationToken callerLeft)
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, callerLeft);
        try
        {
            context.Properties.Set(Key, this);
            return await pipeline.ExecuteOutcomeAsync(static (context, invocation) => invocation.AttemptAsync(context.CancellationToken), context, this);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<Outcome<AttemptResult>> AttemptAsync(CancellationToken cancellationToken)
    {
        if (First is { } first)
        {
            First = null;
            return Outcome.FromResult(first);
        }

        try
        {
            return Outcome.FromResult(await Attempt(cancellationToken));
        }
        catch (Exception failure)
        {
            return Outcome.FromException<AttemptResult>(failure);
        }
    }
}
