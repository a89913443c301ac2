namespace LlmDapr.Simulator.Control;

/// <summary>What reached the provider, for one model name or in total. <c>Requests</c> = <c>InFlight</c> + <c>Completed</c> + <c>Cancelled</c> + <c>RateLimited</c> + <c>Rejected</c> + <c>Broken</c>.</summary>
public sealed record CallCounts
{
    /// <summary>Chat and embedding requests that arrived.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that have not ended.</summary>
    public long InFlight { get; init; }

    /// <summary>The most that were in flight at once.</summary>
    public long PeakConcurrency { get; init; }

    /// <summary>Whole answers sent.</summary>
    public long Completed { get; init; }

    /// <summary>Requests whose caller went away before the answer was complete.</summary>
    public long Cancelled { get; init; }

    /// <summary>Requests answered 429, for whatever reason.</summary>
    public long RateLimited { get; init; }

    /// <summary>Requests answered with another 4xx: the caller's mistakes.</summary>
    public long Rejected { get; init; }

    /// <summary>Requests that got 500, 503 or a broken answer.</summary>
    public long Broken { get; init; }

    /// <summary>Faults that were injected: <c>fault=</c> and the percentages, whatever the outcome.</summary>
    public long Faults { get; init; }

    /// <summary>Prompt tokens of completed requests.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Completion tokens of completed requests.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Arrival of the last request, unix ms, null when there was none.</summary>
    public long? LastStartedAtMs { get; init; }

    /// <summary>When the simulator last saw a caller leave, unix ms, null when none did.</summary>
    public long? LastCancelledAtMs { get; init; }
}
