namespace LlmDapr.Samples.EventCaller;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The request {Id} was not published: {Reason}")]
    public static partial void NotPublished(this ILogger logger, string id, string reason);

    [LoggerMessage(2, LogLevel.Information, "The answer to {Id} is here: {Status}")]
    public static partial void Answered(this ILogger logger, string id, string status);

    [LoggerMessage(3, LogLevel.Information, "The answer to {Id} came again and was dropped")]
    public static partial void AnsweredAgain(this ILogger logger, string id);

    [LoggerMessage(4, LogLevel.Warning, "An event on the results' topic cannot be read and was dropped: {Reason}")]
    public static partial void Unreadable(this ILogger logger, string reason);
}
