using LlmDapr.Sidecar.PubSub.Delivery;
using Polly;
using Polly.Retry;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The retries of the messages that one component brings to an app (<c>targets.components.NAME.inbound</c>). Immutable, thread-safe.</summary>
internal sealed class InboundPolicy
{
    private static readonly ResiliencePropertyKey<Run> Key = new("llmdapr.inbound");

    private readonly string _component;
    private readonly RetryPolicy _retry;
    private readonly ResiliencyRuntime _runtime;
    private readonly ResiliencePipeline<DeliveryAnswer>? _pipeline;

    public InboundPolicy(string component, RetryPolicy retry, ResiliencyRuntime runtime)
    {
        (_component, _retry, _runtime) = (component, retry, runtime);
        _pipeline = retry.MaxRetries == 0 ? null : Build();
    }

    /// <summary>Makes attempts until one need not or may not be repeated, and gives its answer.</summary>
    /// <param name="message">Which message it is, for the log.</param>
    /// <param name="attempt">One call of the app.</param>
    /// <param name="mayGoOn">Asked after each failure: false ends the retries at once.</param>
    /// <param name="stop">Ends the wait between two attempts.</param>
    /// <exception cref="OperationCanceledException">Stopped while waiting.</exception>
    public async Task<DeliveryAnswer> RunAsync(string message, Func<Task<DeliveryAnswer>> attempt, Func<bool> mayGoOn, CancellationToken stop)
    {
        if (_pipeline is null)
        {
            return await attempt();
        }

        var run = new Run(message, attempt, mayGoOn, _runtime.CreateDelays(_retry));
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: false, stop);
        try
        {
            context.Properties.Set(Key, run);
            var answer = await _pipeline.ExecuteAsync(static (_, run) => new ValueTask<DeliveryAnswer>(run.Attempt()), context, run);
            if (run.Retries > 0 && answer.IsDone)
            {
                _runtime.Logger.Recovered($"component[{_component}] output ({message})", run.Retries);
            }

            return answer;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline<DeliveryAnswer> Build() => new ResiliencePipelineBuilder<DeliveryAnswer> { TimeProvider = _runtime.Time }
        .AddRetry(new RetryStrategyOptions<DeliveryAnswer>
        {
            MaxRetryAttempts = _retry.MaxRetries < 0 ? int.MaxValue : _retry.MaxRetries,
            ShouldHandle = args => ValueTask.FromResult(
                args.Outcome.Exception is null
                && args.Outcome.Result.IsRepeatable(_retry.HttpStatusCodes)
                && RunOf(args.Context) is { } run
                && run.MayGoOn()
                && run.Delays.MoveNext()),
            DelayGenerator = args => ValueTask.FromResult<TimeSpan?>(RunOf(args.Context).Delays.Current),
            OnRetry = args =>
            {
                var run = RunOf(args.Context);
                if (run.Retries++ == 0)
                {
                    // Once a message, not once an attempt: an endless retry would fill the log.
                    _runtime.Logger.Retrying($"component[{_component}] output ({run.Message})", GoDuration.Format(args.RetryDelay));
                }

                return default;
            },
        })
        .Build();

    private static Run RunOf(ResilienceContext context) => context.Properties.GetValue(Key, null!);

    private sealed class Run(string message, Func<Task<DeliveryAnswer>> attempt, Func<bool> mayGoOn, RetryDelays delays)
    {
        public string Message => message;

        public Func<Task<DeliveryAnswer>> Attempt => attempt;

        public Func<bool> MayGoOn => mayGoOn;

        public RetryDelays Delays => delays;

        public int Retries { get; set; }
    }
}
