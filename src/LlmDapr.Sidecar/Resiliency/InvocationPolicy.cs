namespace LlmDapr.Sidecar.Resiliency;

/// <summary>What protects the calls of one target app. This one runs each call once.</summary>
internal sealed class InvocationPolicy
{
    public bool MayRepeatAnswers { get; }

    public Task<AttemptResult> ExecuteAsync(
        string methodPath, bool requestHasLength, Func<CancellationToken, ValueTask<AttemptResult>> attempt, CancellationToken callerLeft) =>
        MayRepeatAnswers ? throw new NotSupportedException() : attempt(callerLeft).AsTask();
}
