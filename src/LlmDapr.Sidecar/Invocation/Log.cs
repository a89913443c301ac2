namespace LlmDapr.Sidecar.Invocation;

internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "{AppId}: the call of {Target} failed: {Error}")]
    public static partial void CallFailed(this ILogger logger, string appId, string target, string error);

    [LoggerMessage(2001, LogLevel.Debug, "{AppId}: the call of {Target} ended early: {Error}")]
    public static partial void EndedEarly(this ILogger logger, string appId, string target, string error);
}
