using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LlmDapr.Local.Apps;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.Running;

namespace LlmDapr.Local.Tests.Running;

/// <summary>The runner as a process, as a user has it, with stand-in apps and a stand-in daprd.</summary>
internal sealed class RunnerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _report;
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private RunnerProcess(Process process, string report)
    {
        (_process, _report) = (process, report);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts <c>LlmDapr.Local</c> in a folder.</summary>
    public static RunnerProcess Start(string folder, params IEnumerable<string> arguments) => StartProgram(folder, TestPlaces.Runner, arguments);

    /// <summary>Starts a program that starts <c>LlmDapr.Local</c>.</summary>
    public static RunnerProcess StartProgram(string folder, string program, IEnumerable<string> arguments)
    {
        var report = Path.Combine(folder, $"report-{Guid.NewGuid():N}.json");
        return Start(folder, program, [.. arguments, "--report", report], report, ("LLMDAPR_DAPRD", TestPlaces.StandIn));
    }

    /// <summary>Starts <c>LlmDapr.Local</c> without a report and without a stand-in daprd.</summary>
    public static RunnerProcess StartPlain(string folder, IEnumerable<string> arguments, params (string Name, string Value)[] env) =>
        Start(folder, TestPlaces.Runner, arguments, "", env);

    private static RunnerProcess Start(string folder, string program, IEnumerable<string> arguments, string report, params (string Name, string Value)[] env)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in env)
        {
            start.Environment[name] = value;
        }

        return new RunnerProcess(Process.Start(start)!, report);
    }

    /// <summary>The report, once everything is ready.</summary>
    public async Task<RunReport> ReadyAsync()
    {
        await UntilAsync(() => File.Exists(_report) || _process.HasExited, "it is ready");
        Assert.True(File.Exists(_report), Output);
        return JsonSerializer.Deserialize(await File.ReadAllTextAsync(_report), RunReportJson.Default.RunReport)!;
    }

    public void Interrupt() => Posix.Signal(Id, 2);

    public void Terminate() => Posix.Signal(Id, Posix.SigTerm);

    public void Kill() => _process.Kill();

    /// <summary>The exit code, once it has ended and all its output has been read.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>Waits until a condition holds.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Patience, $"Not so after {Patience.TotalSeconds} s: {what}. Output:\n{Output}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until no process of a run is left, the watcher included.</summary>
    public Task UntilNothingIsLeftAsync(RunReport report) =>
        UntilAsync(() => new RunMarker(report.RunId).Carriers().Count == 0 && !IsAlive(report.WatcherPid), "no process of the run is left");

    /// <summary>Whether a process runs. One that has ended and was not yet asked for by its parent does not.</summary>
    public static bool IsAlive(int id) =>
        Posix.Signal(id, 0) && !(File.Exists($"/proc/{id}/stat") && TryRead($"/proc/{id}/stat").Contains(") Z", StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static string TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return ") Z";
        }
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_output)
            {
                _output.AppendLine(line);
            }
        }
    }
}
