using System.Globalization;

namespace LlmDapr.Local.Output;

/// <summary>The log file of one process, named as the Dapr CLI names it. Safe for concurrent use.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly StreamWriter _writer;
    private bool _closed;

    private LogFile(string path)
    {
        Path = path;
        _writer = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete)) { AutoFlush = true };
    }

    /// <summary>Absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Creates <c>&lt;folder&gt;/&lt;name&gt;_&lt;kind&gt;_&lt;time&gt;.log</c>.</summary>
    public static LogFile Create(string folder, string name, string kind, TimeProvider time)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var stamp = time.GetLocalNow().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
            return new LogFile(System.IO.Path.Combine(folder, $"{name}_{kind}_{stamp}.log"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new LocalFailure($"No log file can be written to {folder}: {error.Message} Make the folder writable, or set appLogDestination and daprdLogDestination to console.");
        }
    }

    /// <summary>Adds a line. Lines that come after <see cref="Dispose"/> are dropped.</summary>
    public void Write(string line)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _writer.WriteLine(line);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _closed = true;
            _writer.Dispose();
        }
    }
}
