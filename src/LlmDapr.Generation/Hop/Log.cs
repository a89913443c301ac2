namespace LlmDapr.Generation.Hop;

internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Debug, "The caller left; its call was cancelled.", EventName = "CallerLeft")]
    public static partial void CallerLeft(this ILogger logger);

    [LoggerMessage(1101, LogLevel.Warning, "Call {CallId} came again after it had begun, and was not made twice.", EventName = "CallRepeated")]
    public static partial void Repeated(this ILogger logger, string callId);

    [LoggerMessage(1102, LogLevel.Warning, "A call to model {Model} was not complete within {Total}.", EventName = "TimeRanOut")]
    public static partial void TimeRanOut(this ILogger logger, string model, TimeSpan total);

    [LoggerMessage(1103, LogLevel.Warning, "A stream of {Target} broke after its first words: {Reason}", EventName = "StreamBroke")]
    public static partial void StreamBroke(this ILogger logger, string target, string reason);

    [LoggerMessage(1104, LogLevel.Error, "A call to model {Model} met a defect.", EventName = "Defect")]
    public static partial void Defect(this ILogger logger, string model, Exception exception);
}
