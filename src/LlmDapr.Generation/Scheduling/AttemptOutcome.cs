namespace LlmDapr.Generation.Scheduling;

/// <summary>What became of an attempt, as far as the provider's capacity is concerned.</summary>
internal enum AttemptOutcome
{
    /// <summary>Answered.</summary>
    Success,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>503.</summary>
    Overloaded,

    /// <summary>
    /// A clock of ours ran out. Not for a deadline that the caller set itself: that is <see cref="Cancelled"/>, or a few callers without patience would
    /// make the target look overloaded for all.
    /// </summary>
    TimedOut,

    /// <summary>Anything else that is the provider's fault: 500, a cut, rubbish.</summary>
    Failed,

    /// <summary>Any other 4xx.</summary>
    CallerError,

    /// <summary>The caller left, or its own deadline came.</summary>
    Cancelled,
}
