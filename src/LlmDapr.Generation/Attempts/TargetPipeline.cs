using LlmDapr.Generation.Catalog;
using Polly;
using Polly.CircuitBreaker;

namespace LlmDapr.Generation.Attempts;

/// <summary>What one target has of its own: its breaker, and when that last opened and was last probed. Thread-safe.</summary>
internal sealed class TargetPipeline(Target target)
{
    private long _openedAt;
    private long _probedAt;

    public Target Target => target;

    public FirstTokenTimes FirstTokens { get; } = new();

    public CircuitBreakerStateProvider State { get; } = new();

    public CircuitBreakerManualControl Control { get; } = new();

    public ResiliencePipeline<Attempt> Pipeline { get; set; } = ResiliencePipeline<Attempt>.Empty;

    public long OpenedAt
    {
        get => Volatile.Read(ref _openedAt);
        set => Volatile.Write(ref _openedAt, value);
    }

    public long ProbedAt
    {
        set => Volatile.Write(ref _probedAt, value);
    }

    /// <summary>Whether the last probe began a pause ago; only one caller gets true, and is then the next.</summary>
    public bool TakeProbe(TimeProvider time, TimeSpan pause)
    {
        // Older than the opening: the first probe has just begun, and Polly has not told of it yet.
        var last = Volatile.Read(ref _probedAt);
        return last >= OpenedAt && time.GetElapsedTime(last) >= pause && Interlocked.CompareExchange(ref _probedAt, time.GetTimestamp(), last) == last;
    }
}
