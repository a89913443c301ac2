namespace LlmDapr.Edge.DeadLetters;

internal static partial class Log
{
    [LoggerMessage(2600, LogLevel.Warning, "A dead letter could not be kept and will come again: {Reason}", EventName = "NotKept")]
    public static partial void NotKept(this ILogger logger, string reason);
}
