namespace LlmDapr.Edge.Jobs;

internal static partial class Log
{
    [LoggerMessage(2500, LogLevel.Warning, "A request about jobs was refused: {Reason}", EventName = "JobsUnavailable")]
    public static partial void JobsUnavailable(this ILogger logger, string reason);
}
