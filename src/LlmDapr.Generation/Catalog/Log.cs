namespace LlmDapr.Generation.Catalog;

internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information, "Provider {Provider} lists {Count} models.", EventName = "ModelsListed")]
    public static partial void ModelsListed(this ILogger logger, string provider, int count);

    [LoggerMessage(1001, LogLevel.Warning, "Provider {Provider} could not be asked for its models; until then it judges names itself: {Reason}", EventName = "ModelsNotListed")]
    public static partial void ModelsNotListed(this ILogger logger, string provider, string reason);
}
