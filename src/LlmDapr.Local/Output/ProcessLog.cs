using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Output;

/// <summary>Where the lines of one process go: the runner's output, a file, or both.</summary>
internal sealed class ProcessLog : IDisposable
{
    private readonly Action<string> _console;
    private readonly Func<string, bool> _isShown;
    private readonly LogFile? _file;

    /// <summary>Opens the file when the destination has one.</summary>
    /// <param name="destination">Where lines go.</param>
    /// <param name="console">Writes to the runner's output.</param>
    /// <param name="isAlert">Lines that are shown there in any case.</param>
    /// <param name="openFile">Opens the file.</param>
    public ProcessLog(LogDestination destination, Action<string> console, Func<string, bool> isAlert, Func<LogFile> openFile)
    {
        _console = console;
        _isShown = destination.HasFlag(LogDestination.Console) ? _ => true : isAlert;
        _file = destination.HasFlag(LogDestination.File) ? openFile() : null;
    }

    /// <summary>The log file, or null.</summary>
    public string? FilePath => _file?.Path;

    /// <summary>Takes a line.</summary>
    public void Write(string line)
    {
        if (_isShown(line))
        {
            _console(line);
        }

        _file?.Write(line);
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
