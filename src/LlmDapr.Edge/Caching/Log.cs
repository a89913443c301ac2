using LlmDapr.PromptCache.Purging;

namespace LlmDapr.Edge.Caching;

internal static partial class Log
{
    [LoggerMessage(2400, LogLevel.Warning, "A kept answer that is past its ttl could not be fetched anew: {Reason}", EventName = "NotRefreshed")]
    public static partial void NotRefreshed(this ILogger logger, string reason);

    [LoggerMessage(2401, LogLevel.Information, "The operator purged the prompt cache (key {Key}, model {Model}, tenant {Tenant}): {Result}.", EventName = "CachePurged")]
    public static partial void Purged(this ILogger logger, string? key, string? model, string? tenant, PurgeResult result);
}
