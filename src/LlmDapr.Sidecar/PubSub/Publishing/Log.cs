namespace LlmDapr.Sidecar.PubSub.Publishing;

internal static partial class Log
{
    [LoggerMessage(8000, LogLevel.Warning, "{AppId}: a publish to {PubSub}/{Topic} was refused: {Why}", EventName = "PublishRefused")]
    public static partial void PublishRefused(this ILogger logger, string appId, string pubSub, string topic, string why);

    [LoggerMessage(8001, LogLevel.Warning, "{AppId}: a publish to {PubSub}/{Topic} was refused: {Why}. daprd takes such a message, cannot deliver it and loses it", EventName = "PublishUndeliverable")]
    public static partial void PublishUndeliverable(this ILogger logger, string appId, string pubSub, string topic, string why);

    [LoggerMessage(8002, LogLevel.Error, "{AppId}: a publish to {PubSub}/{Topic} failed", EventName = "PublishFailed")]
    public static partial void PublishFailed(this ILogger logger, Exception error, string appId, string pubSub, string topic);

    [LoggerMessage(8003, LogLevel.Warning, "{AppId}: a publish to {PubSub}/{Topic} asks for a raw payload, which the development sidecar does not serve; daprd does", EventName = "RawPayloadNotServed")]
    public static partial void RawPayloadNotServed(this ILogger logger, string appId, string pubSub, string topic);
}
