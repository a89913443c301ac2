using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>Answers attempts from a list, the last entry again and again, and notes on the policies' clock when each came.</summary>
internal sealed class ScriptedApp(SteppedTime time, params AttemptResult[] script)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private readonly Lock _lock = new();
    private readonly List<double> _attemptsAt = [];

    public IReadOnlyList<double> AttemptsAtMs
    {
        get
        {
            lock (_lock)
            {
                return [.. _attemptsAt];
            }
        }
    }

    public int Attempts => AttemptsAtMs.Count;

    public static AttemptResult Status(int status) => new(AttemptEnd.Answered, status, 0, null, false);

    public static AttemptResult Failure(int grpcCode, string error = "broken") => new(AttemptEnd.Failed, 0, grpcCode, error, false);

    public ValueTask<AttemptResult> AttemptAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _attemptsAt.Add((time.GetUtcNow() - _started).TotalMilliseconds);
            return ValueTask.FromResult(script[Math.Min(_attemptsAt.Count, script.Length) - 1]);
        }
    }

    /// <summary>One invocation of <paramref name="policy"/>, all its delays skipped.</summary>
    public Task<AttemptResult> InvokeAsync(InvocationPolicy policy, string path = "m", bool length = true) =>
        time.RunAsync(policy.ExecuteAsync(path, length, AttemptAsync, TestContext.Current.CancellationToken));
}
