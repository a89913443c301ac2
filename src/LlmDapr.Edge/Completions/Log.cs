namespace LlmDapr.Edge.Completions;

internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Warning, "A plain answer of {Length} bytes broke off between generation and edge.", EventName = "BodyCut")]
    public static partial void BodyCut(this ILogger logger, long length);

    [LoggerMessage(2301, LogLevel.Warning, "A stream broke off between generation and edge: {Reason}", EventName = "StreamCut")]
    public static partial void StreamCut(this ILogger logger, string reason);
}
