using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Store;

internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning, "The state store fails the prompt cache ({Operation}): {Reason} Requests go on without it.", EventName = "StoreFails")]
    public static partial void StoreFails(this ILogger logger, string operation, string reason);

    [LoggerMessage(3001, LogLevel.Warning, "The state store is too slow for the prompt cache ({Operation}): no answer within {Limit}. Requests go on without it.", EventName = "StoreIsSlow")]
    public static partial void StoreIsSlow(this ILogger logger, string operation, TimeSpan limit);

    [LoggerMessage(3002, LogLevel.Information, "The state store answers the prompt cache again, after {Lasted} with {Failures} failed calls.", EventName = "StoreAnswersAgain")]
    public static partial void StoreAnswersAgain(this ILogger logger, TimeSpan lasted, long failures);

    [LoggerMessage(3003, LogLevel.Debug, "What the state store has under {Name} is not an answer that this version can read.", EventName = "EntryUnreadable")]
    public static partial void EntryUnreadable(this ILogger logger, string name);
}
