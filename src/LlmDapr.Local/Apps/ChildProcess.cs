using System.Diagnostics;
using System.Text;

namespace LlmDapr.Local.Apps;

/// <summary>
/// A running process of this run. On Linux it leads a session of its own (<c>setsid</c>), so that a Ctrl-C of the terminal reaches the runner alone, which then stops everything in
/// its order, and so that a signal to the group reaches whatever the process has started.
/// </summary>
internal sealed class ChildProcess
{
    private const int KeptLines = 20;

    /// <summary>The program that starts another in a session of its own, where there is one.</summary>
    public static string? SetSid { get; } = OperatingSystem.IsWindows() ? null : ProgramLocator.Find("setsid", "/", $"/usr/bin:/bin:{Environment.GetEnvironmentVariable("PATH")}");

    private readonly Process _process;
    private readonly Action<string> _onLine;
    private readonly Queue<string> _lastLines = new();
    private readonly Task _pumps;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _onLine = onLine;
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput), PumpAsync(process.StandardError));
        Exited = WaitAsync();
    }

    /// <summary>The process id, which is also that of its group where it leads one.</summary>
    public int Id => _process.Id;

    /// <summary>Ends with the exit code, once the last lines of output have been read.</summary>
    public Task<int> Exited { get; }

    /// <summary>The last lines of output.</summary>
    public IReadOnlyList<string> LastLines
    {
        get
        {
            lock (_lastLines)
            {
                return [.. _lastLines];
            }
        }
    }

    /// <summary>Starts a process; each line that it writes is handed on.</summary>
    public static ChildProcess Start(LaunchSpec spec, Action<string> onLine)
    {
        var start = new ProcessStartInfo
        {
            FileName = SetSid ?? spec.Program,
            WorkingDirectory = spec.Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        IReadOnlyList<string> arguments = SetSid is null ? spec.Arguments : [spec.Program, .. spec.Arguments];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in start.Environment.Keys.Where(spec.Withheld).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in spec.Env)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{spec.Program} did not start.");
        process.StandardInput.Close();
        return new ChildProcess(process, onLine);
    }

    /// <summary>Asks the process and what it started to end, waits, and then ends what is left.</summary>
    public async Task StopAsync(TimeSpan grace, TimeProvider time, CancellationToken hurry)
    {
        if (_process.HasExited)
        {
            // Long ago, perhaps: its number may be another's by now.
            await Exited;
            return;
        }

        if (!OperatingSystem.IsWindows())
        {
            Signal(Posix.SigTerm);
            try
            {
                await Exited.WaitAsync(grace, time, hurry);
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                // It had its time: below it is ended.
            }
        }

        Kill();
        await Exited;
    }

    /// <summary>Ends the process and what it started, without asking.</summary>
    public void Kill()
    {
        if (SetSid is not null)
        {
            Signal(Posix.SigKill);
        }
        else if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private void Signal(int signal)
    {
        // Until setsid has run, there is no group of that id yet.
        if ((SetSid is null || !Posix.Signal(-Id, signal)) && !_process.HasExited)
        {
            Posix.Signal(Id, signal);
        }
    }

    private async Task<int> WaitAsync()
    {
        await _process.WaitForExitAsync();

        // A grandchild may hold the pipe open for as long as it likes: its output is still shown, but not waited for.
        await Task.WhenAny(_pumps, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None));
        return _process.ExitCode;
    }

    private async Task PumpAsync(StreamReader output)
    {
        try
        {
            while (await output.ReadLineAsync() is { } line)
            {
                lock (_lastLines)
                {
                    if (_lastLines.Count == KeptLines)
                    {
                        _lastLines.Dequeue();
                    }

                    _lastLines.Enqueue(line);
                }

                _onLine(line);
            }
        }
        catch (IOException)
        {
            // The pipe broke with the process.
        }
    }
}
