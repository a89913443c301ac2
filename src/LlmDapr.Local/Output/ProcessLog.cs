using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Output;

/// <summary>Where the lines of one process go: the runner's output, a file, or both.</summary>
internal sealed class ProcessLog : IDisposable
{
    private readonly Action<string>? _console;
    private readonly LogFile? _file;

    /// <summary>Opens the file when the destination has one.</summary>
    public ProcessLog(LogDestination destination, Action<string> console, Func<LogFile> openFile)
    {
        _console = destination.HasFlag(LogDestination.Console) ? console : null;
        _file = destination.HasFlag(LogDestination.File) ? openFile() : null;
    }

    /// <summary>The log file, or null.</summary>
    public string? FilePath => _file?.Path;

    /// <summary>Takes a line.</summary>
    public void Write(string line)
    {
        _console?.Invoke(line);
        _file?.Write(line);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
