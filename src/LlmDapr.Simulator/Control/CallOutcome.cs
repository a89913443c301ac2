namespace LlmDapr.Simulator.Control;

/// <summary>How a request ended. Each has exactly one, so that requests = in flight + the sum of these.</summary>
internal enum CallOutcome
{
    /// <summary>A whole answer was sent.</summary>
    Completed,

    /// <summary>The caller went away before the answer was complete.</summary>
    Cancelled,

    /// <summary>Any 429.</summary>
    RateLimited,

    /// <summary>The caller's mistake: 400, 401, 404, …</summary>
    Rejected,

    /// <summary>The simulator broke it on purpose, or refused it as overloaded.</summary>
    Broken,
}
