namespace LlmDapr.Sidecar.Storage;

internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Information, "State and messages live in {File} (SQLite), whatever store or broker the component files name; a temporary file is deleted at the end, --data-file keeps one", EventName = "DataFileOpened")]
    public static partial void Opened(this ILogger logger, string file);

    [LoggerMessage(7001, LogLevel.Error, "A write to the data file failed: {Fault}. Until writes succeed again, callers get daprd's error for a broken store; nothing that was acknowledged is lost. Make room on the disk, or mend what SQLite names", EventName = "DataWriteFailed")]
    public static partial void WriteFailed(this ILogger logger, string fault);

    [LoggerMessage(7003, LogLevel.Information, "Writes to the data file succeed again", EventName = "DataWriteRecovered")]
    public static partial void WriteRecovered(this ILogger logger);

    [LoggerMessage(7002, LogLevel.Error, "A read of the data file failed: {Fault}", EventName = "DataReadFailed")]
    public static partial void ReadFailed(this ILogger logger, string fault);
}
