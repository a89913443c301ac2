namespace LlmDapr.Edge.Errors;

internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "The caller left.", EventName = "CallerLeft")]
    public static partial void CallerLeft(this ILogger logger);

    [LoggerMessage(2001, LogLevel.Error, "A request to {Path} met a defect.", EventName = "Unexpected")]
    public static partial void Unexpected(this ILogger logger, string path, Exception exception);
}
