namespace LlmDapr.Generation.Attempts;

/// <summary>What was wrong with an attempt that brought no answer at all.</summary>
internal enum AttemptFault
{
    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>The connection broke, or what came was no answer.</summary>
    Broken,

    /// <summary>The answer is larger than allowed: a second one would be, too.</summary>
    TooLarge,

    /// <summary>A clock of the attempt ran out.</summary>
    TimedOut,

    /// <summary>Its breaker is open: nobody was asked.</summary>
    BreakerOpen,

    /// <summary>No place in time at any target: nobody was asked.</summary>
    NotAdmitted,
}
