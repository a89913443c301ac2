namespace LlmDapr.Sidecar.AppHealth;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "{AppId}: waiting for the app to listen on port {Port}")]
    public static partial void WaitingForApp(this ILogger logger, string appId, int port);

    [LoggerMessage(3001, LogLevel.Information, "{AppId}: the app listens on port {Port}")]
    public static partial void AppFound(this ILogger logger, string appId, int port);

    [LoggerMessage(3002, LogLevel.Information, "{AppId}: the app is {State}")]
    public static partial void HealthChanged(this ILogger logger, string appId, string state);
}
