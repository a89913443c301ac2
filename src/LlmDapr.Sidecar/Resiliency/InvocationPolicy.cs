using Polly;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What holds for invocations of one app: retry( breaker( attempt ) ), the built-in retries, or nothing. Immutable, thread-safe.</summary>
internal sealed class InvocationPolicy
{
    private readonly string _appId;
    private readonly ResiliencyRuntime _runtime;
    private readonly RetryPolicy? _retry;
    private readonly BreakerCache? _breakers;
    private readonly ResiliencePipeline<AttemptResult>? _pipeline;
    private readonly bool _builtIn;
    private readonly bool _component;

    private InvocationPolicy(
        string appId, ResiliencyRuntime runtime, RetryPolicy? retry, BreakerCache? breakers, ResiliencePipeline<AttemptResult>? pipeline, bool builtIn, bool component = false)
    {
        _appId = appId;
        _runtime = runtime;
        _retry = retry;
        _breakers = breakers;
        _pipeline = pipeline;
        _builtIn = builtIn;
        _component = component;
    }

    /// <summary>A retry policy exists that can repeat answers which are not 2xx or 3xx: request bodies must be kept for replay.</summary>
    public bool MayRepeatAnswers => !_builtIn && _retry is not null;

    public static InvocationPolicy None(string appId, ResiliencyRuntime runtime) => new(appId, runtime, null, null, null, false);

    /// <param name="retry">Null or without retries: attempts are made once.</param>
    public static InvocationPolicy ForTarget(string appId, ResiliencyRuntime runtime, RetryPolicy? retry, BreakerCache? breakers) =>
        Create(appId, runtime, retry, breakers, component: false);

    /// <summary>For calls of a component: its one method path is the empty one, so it has one breaker.</summary>
    public static InvocationPolicy ForComponent(string name, ResiliencyRuntime runtime, RetryPolicy? retry, BreakerCache? breakers) =>
        Create(name, runtime, retry, breakers, component: true);

    private static InvocationPolicy Create(string appId, ResiliencyRuntime runtime, RetryPolicy? retry, BreakerCache? breakers, bool component)
    {
        var repeats = retry is { MaxRetries: not 0 } ? retry : null;
        var pipeline = repeats is null && breakers is null ? null : InvocationPipelines.ForTarget(repeats, runtime);
        return new InvocationPolicy(appId, runtime, repeats, breakers, pipeline, false, component);
    }

    /// <param name="pipeline">One for all apps: <see cref="InvocationPipelines.ForBuiltIn"/>.</param>
    public static InvocationPolicy ForBuiltIn(string appId, ResiliencyRuntime runtime, RetryPolicy retry, ResiliencePipeline<AttemptResult> pipeline) =>
        new(appId, runtime, retry, null, pipeline, true);

    /// <summary>
    /// Runs <paramref name="attempt"/> once or more and gives the last result, or a refusal of the breaker as <see cref="AttemptEnd.Failed"/>
    /// with daprd's text. Attempts report what happened by their result; an exception counts as a failure and passes through.
    /// </summary>
    /// <param name="methodPath">The path without query. Slashes at its ends do not matter, all others do.</param>
    /// <param name="requestHasLength">False for a chunked request: it is never repeated, though the breaker counts and may refuse it. A request without a body has a length.</param>
    /// <param name="attempt">One call of the app. Its token is <paramref name="callerLeft"/>.</param>
    public Task<AttemptResult> ExecuteAsync(
        string methodPath, bool requestHasLength, Func<CancellationToken, ValueTask<AttemptResult>> attempt, CancellationToken callerLeft)
    {
        if (_pipeline is null)
        {
            return attempt(callerLeft).AsTask();
        }

        return _builtIn
            ? ExecuteBuiltInAsync(_pipeline, methodPath, requestHasLength, attempt, callerLeft)
            : ExecuteTargetAsync(_pipeline, methodPath.Trim('/'), requestHasLength, attempt, callerLeft);
    }

    public IEnumerable<BreakerSnapshot> GetBreakers()
    {
        foreach (var (method, breaker) in _breakers?.GetEntries() ?? [])
        {
            var (state, counts) = breaker.Read();
            yield return new BreakerSnapshot(_appId, method, breaker.PolicyName, state, counts);
        }
    }

    private async Task<AttemptResult> ExecuteTargetAsync(
        ResiliencePipeline<AttemptResult> pipeline, string method, bool requestHasLength, Func<CancellationToken, ValueTask<AttemptResult>> attempt, CancellationToken callerLeft)
    {
        var invocation = new Invocation
        {
            Operation = () => Operation(method),
            Attempt = attempt,
            Breaker = _breakers?.Get(method),
            Delays = requestHasLength && _retry is not null ? _runtime.CreateDelays(_retry) : null,
        };
        var result = await RunAsync(invocation, pipeline, callerLeft);
        if (invocation.Retries > 0 && result.IsSuccess)
        {
            _runtime.Logger.Recovered(Operation(method), invocation.Retries);
        }

        return result;
    }

    /// <summary>The first attempt runs bare: nearly every invocation ends with it.</summary>
    private async Task<AttemptResult> ExecuteBuiltInAsync(
        ResiliencePipeline<AttemptResult> pipeline, string methodPath, bool requestHasLength, Func<CancellationToken, ValueTask<AttemptResult>> attempt, CancellationToken callerLeft)
    {
        var first = await attempt(callerLeft);
        if (!first.IsUnreachable || !requestHasLength)
        {
            return first;
        }

        var invocation = new Invocation
        {
            Operation = () => Operation(methodPath.Trim('/')),
            Attempt = attempt,
            First = first,
            Delays = _runtime.CreateDelays(_retry!),
        };
        var result = await RunAsync(invocation, pipeline, callerLeft);
        return result.IsUnreachable
            ? result with { Error = $"failed to invoke target {_appId.Split('.')[0]} after {invocation.Retries} retries. Error: {result.Error}" }
            : result;
    }

    private string Operation(string method) => _component ? $"component[{_appId}] output" : $"endpoint[{_appId}, {_appId}:{method}]";

    private static async ValueTask<AttemptResult> RunAsync(Invocation invocation, ResiliencePipeline<AttemptResult> pipeline, CancellationToken callerLeft)
    {
        var outcome = await invocation.RunAsync(pipeline, callerLeft);
        if (outcome.Exception is OperationCanceledException && callerLeft.IsCancellationRequested)
        {
            return AttemptResult.Left();
        }

        outcome.ThrowIfException();
        return outcome.Result;
    }
}
