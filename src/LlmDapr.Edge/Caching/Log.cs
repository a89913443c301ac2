namespace LlmDapr.Edge.Caching;

internal static partial class Log
{
    [LoggerMessage(2400, LogLevel.Warning, "A kept answer that is past its ttl could not be fetched anew: {Reason}", EventName = "NotRefreshed")]
    public static partial void NotRefreshed(this ILogger logger, string reason);
}
