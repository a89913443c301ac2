namespace LlmDapr.Sidecar.Resiliency;

/// <summary>How one attempt at an invocation ended.</summary>
internal enum AttemptEnd
{
    /// <summary>The app gave an HTTP status, whatever it was.</summary>
    Answered,

    /// <summary>Transport or sidecar error: no status of the app exists.</summary>
    Failed,

    /// <summary>The caller went away before the answer was complete.</summary>
    CallerLeft,
}
