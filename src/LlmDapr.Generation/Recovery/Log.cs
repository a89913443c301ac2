namespace LlmDapr.Generation.Recovery;

internal static partial class Log
{
    [LoggerMessage(1300, LogLevel.Warning, "A stream of {From} broke after its first words ({Reason}); {To} takes it up ({Mode}): {Result}.", EventName = "StreamRecovery")]
    public static partial void Recovery(this ILogger logger, string from, string reason, string to, string mode, string result);

    [LoggerMessage(1301, LogLevel.Debug, "A stream of {From} broke after its first words and is of a kind that is not taken up again: {Why}.", EventName = "StreamNotRecoverable")]
    public static partial void NotRecoverable(this ILogger logger, string from, string why);
}
