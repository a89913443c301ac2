using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Flights;

internal static partial class Log
{
    [LoggerMessage(3200, LogLevel.Warning, "A plain answer of {Length} bytes broke off on its way; it was not kept.", EventName = "SharedBodyCut")]
    public static partial void BodyCut(this ILogger logger, long length);

    [LoggerMessage(3201, LogLevel.Warning, "A shared stream broke off: {Reason}", EventName = "SharedStreamCut")]
    public static partial void StreamCut(this ILogger logger, string reason);

    [LoggerMessage(3202, LogLevel.Error, "A shared call met a defect.", EventName = "FlightDefect")]
    public static partial void Defect(this ILogger logger, Exception exception);

    [LoggerMessage(3203, LogLevel.Warning, "A complete stream could not be put together as a plain answer; it was not kept.", EventName = "StreamNotAssembled")]
    public static partial void NotAssembled(this ILogger logger);
}
