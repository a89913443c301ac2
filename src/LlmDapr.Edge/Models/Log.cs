namespace LlmDapr.Edge.Models;

internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Debug, "Generation's table of models could not be read: {Reason}", EventName = "ModelsNotRefreshed")]
    public static partial void NotRefreshed(this ILogger logger, string reason);
}
