namespace LlmDapr.Contracts;

/// <summary>Values of <see cref="HeaderNames.Priority"/>, the most urgent first.</summary>
public static class Priorities
{
    /// <summary>Somebody is waiting.</summary>
    public const string Interactive = "interactive";

    /// <summary>A job or an event.</summary>
    public const string Async = "async";

    /// <summary>A line of a batch.</summary>
    public const string Batch = "batch";
}
