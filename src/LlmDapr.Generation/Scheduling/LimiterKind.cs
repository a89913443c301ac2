namespace LlmDapr.Generation.Scheduling;

/// <summary>How a target's limit of calls at once moves.</summary>
internal enum LimiterKind
{
    /// <summary>By losses: 429, 503 and timeouts lower it, calls that were taken at the limit raise it.</summary>
    Aimd,

    /// <summary>By the time to the first token, and by losses.</summary>
    Gradient,

    /// <summary>Not at all: <see cref="SchedulingOptions.StartLimit"/>.</summary>
    Fixed,
}
