namespace LlmDapr.Simulator.Control;

/// <summary>One request in the ledger. The first end counts; disposing one that has none counts it as broken.</summary>
internal sealed class CallRecord(CallLedger ledger, string model, string path, long ordinal, long startedAtMs, TimeSpan sinceFirst) : IDisposable
{
    private IDisposable? _permit;

    public string Model { get; } = model;

    public string Path { get; } = path;

    /// <summary>Which request of this model name it is, from 1.</summary>
    public long Ordinal { get; } = ordinal;

    /// <summary>Unix ms.</summary>
    public long StartedAtMs { get; } = startedAtMs;

    /// <summary>Time since the first request of this model name.</summary>
    public TimeSpan SinceFirst { get; } = sinceFirst;

    /// <summary>Releases of <see cref="Gates"/> before it arrived.</summary>
    public long ReleasesAtArrival { get; init; }

    public int PromptTokens { get; set; }

    public int CompletionTokens { get; set; }

    /// <summary>Words of a stream that have been written.</summary>
    public int WordsSent { get; set; }

    /// <summary>Given back when the request ends: before its last bytes are sent, so that a caller who has read them can have the next place.</summary>
    public void Hold(IDisposable permit) => _permit = permit;

    public void CountFault() => ledger.CountFault(this);

    public void End(CallOutcome outcome)
    {
        Interlocked.Exchange(ref _permit, null)?.Dispose();
        ledger.End(this, outcome);
    }

    public void Dispose() => End(CallOutcome.Broken);
}
