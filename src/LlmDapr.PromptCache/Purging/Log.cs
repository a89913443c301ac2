using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Purging;

internal static partial class Log
{
    [LoggerMessage(3100, LogLevel.Warning, "The cache's purge marks in the state store {What}; they were written again: {Written}.", EventName = "MarksWrittenAgain")]
    public static partial void MarksWrittenAgain(this ILogger logger, string what, bool written);

    [LoggerMessage(3101, LogLevel.Warning, "A purge holds in this process only: {Reason}", EventName = "PurgeOnlyHere")]
    public static partial void PurgeOnlyHere(this ILogger logger, string reason);

    [LoggerMessage(3102, LogLevel.Debug, "The state store refused the purge marks: {Reason}", EventName = "MarksRefused")]
    public static partial void MarksRefused(this ILogger logger, string reason);
}
