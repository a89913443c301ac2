using LlmDapr.PromptCache.Purging;

namespace LlmDapr.Edge.Admin;

internal static partial class Log
{
    [LoggerMessage(2500, LogLevel.Information, "The operator purged the prompt cache (key {Key}, model {Model}, tenant {Tenant}): {Result}.", EventName = "CachePurged")]
    public static partial void Purged(this ILogger logger, string? key, string? model, string? tenant, PurgeResult result);
}
