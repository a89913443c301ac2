namespace LlmDapr.Sidecar.Invocation;

internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Debug, "{AppId}: the call of {Target} failed: {Error}")]
    public static partial void CallFailed(this ILogger logger, string appId, string target, string error);

    [LoggerMessage(2002, LogLevel.Warning, "{AppId}: a caller gave itself an identity by a dapr-caller-* or dapr-callee-* header; it was dropped. daprd 1.18 passes it beside the true one, 1.19 drops it")]
    public static partial void IdentityDropped(this ILogger logger, string appId);

    [LoggerMessage(2003, LogLevel.Warning, "{AppId}: a chunked body for {Target} is longer than --max-body-size ({Limit} bytes) and was refused. daprd passes one that is a single byte too long without its last byte")]
    public static partial void BodyTooLong(this ILogger logger, string appId, string target, long limit);

    [LoggerMessage(2001, LogLevel.Debug, "{AppId}: the call of {Target} ended early: {Error}")]
    public static partial void EndedEarly(this ILogger logger, string appId, string target, string error);
}
