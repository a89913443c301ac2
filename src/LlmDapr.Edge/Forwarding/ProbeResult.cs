namespace LlmDapr.Edge.Forwarding;

/// <summary>What became of a probe.</summary>
internal enum ProbeResult
{
    /// <summary>Generation answered: the path is free.</summary>
    Answered,

    /// <summary>The breaker refused.</summary>
    BreakerOpen,

    /// <summary>No answer.</summary>
    Failed,
}
