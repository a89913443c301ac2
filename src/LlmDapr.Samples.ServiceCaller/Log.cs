namespace LlmDapr.Samples.ServiceCaller;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The sidecar cannot be reached: {Reason}")]
    public static partial void SidecarUnreachable(this ILogger logger, string reason);
}
