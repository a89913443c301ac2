namespace LlmDapr.Sidecar.Api;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "{AppId}: {Verb} {Path}")]
    public static partial void ApiCall(this ILogger logger, string appId, string verb, string path);

    [LoggerMessage(1001, LogLevel.Warning, "{AppId}: {Verb} {Path}: {Api} is not served by the development sidecar; daprd serves it")]
    public static partial void NotServed(this ILogger logger, string appId, string verb, string path, string api);

    [LoggerMessage(1002, LogLevel.Information, "{AppId}: shutdown was requested through the API")]
    public static partial void ShutdownRequested(this ILogger logger, string appId);
}
