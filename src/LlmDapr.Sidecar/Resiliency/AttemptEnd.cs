namespace LlmDapr.Sidecar.Resiliency;

/// <summary>How an attempt ended. <see cref="Answered"/>: the app gave an HTTP status. <see cref="Failed"/>: transport or sidecar error.</summary>
internal enum AttemptEnd
{
    Answered,
    Failed,
    CallerLeft,
}
