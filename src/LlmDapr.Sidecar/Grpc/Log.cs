namespace LlmDapr.Sidecar.Grpc;

internal static partial class Log
{
    [LoggerMessage(1100, LogLevel.Information, "{AppId}: gRPC {Path}")]
    public static partial void RpcCalled(this ILogger logger, string appId, string path);

    [LoggerMessage(1101, LogLevel.Warning, "{AppId}: gRPC {Path} is not served by the development sidecar; daprd serves it")]
    public static partial void RpcNotServed(this ILogger logger, string appId, string path);
}
