namespace LlmDapr.Edge.Forwarding;

internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Warning, "Dapr or generation refused {Path} with {Status}: {Said}", EventName = "HopRefused")]
    public static partial void Refused(this ILogger logger, string path, int status, string said);

    [LoggerMessage(2101, LogLevel.Warning, "{Path} was taken by generation and ended without a head: generation or a sidecar broke.", EventName = "HopWithoutHead")]
    public static partial void NoHead(this ILogger logger, string path);

    [LoggerMessage(2102, LogLevel.Warning, "{Path} could not be invoked: {Reason}", EventName = "HopUnreachable")]
    public static partial void Unreachable(this ILogger logger, string path, string reason);
}
