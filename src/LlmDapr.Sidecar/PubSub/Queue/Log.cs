namespace LlmDapr.Sidecar.PubSub.Queue;

internal static partial class Log
{
    [LoggerMessage(8100, LogLevel.Error, "Messages could not be acknowledged and will be delivered again: {Fault}", EventName = "QueueAckFailed")]
    public static partial void AckFailed(this ILogger logger, string fault);

    [LoggerMessage(8101, LogLevel.Debug, "{Count} acknowledged messages were taken out of the data file", EventName = "QueueSwept")]
    public static partial void Swept(this ILogger logger, int count);

    [LoggerMessage(8102, LogLevel.Error, "Acknowledged messages could not be taken out of the data file: {Fault}", EventName = "QueueSweepFailed")]
    public static partial void SweepFailed(this ILogger logger, string fault);
}
