using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace LlmDapr.Testing;

/// <summary>A running process as it can be started again: read out of <c>/proc</c>, so that the second start is exactly the first.</summary>
/// <param name="Arguments">The program and its arguments.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Environment">Its environment, as it was at its start.</param>
public sealed record StartedProgram(IReadOnlyList<string> Arguments, string Directory, IReadOnlyDictionary<string, string> Environment)
{
    private const string Marker = "LLMDAPR_RUN";

    /// <summary>Reads a living process.</summary>
    public static StartedProgram Read(int pid) => new(
        Strings($"/proc/{pid}/cmdline"),
        File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName ?? throw new InvalidOperationException($"Process {pid} has ended."),
        Strings($"/proc/{pid}/environ").Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]));

    /// <summary>The living processes that carry a run's mark.</summary>
    public static IReadOnlyList<int> CarriersOf(string runId) =>
        [.. System.IO.Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != System.Environment.ProcessId && Carries(pid, $"{Marker}={runId}"))];

    /// <summary>Whether a process lives. One that has ended and waits for its parent to see it does not.</summary>
    public static bool Lives(int pid)
    {
        try
        {
            return Strings($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Asks a process to end (SIGTERM).</summary>
    public static void Terminate(int pid) => Signal(pid, "-TERM");

    /// <summary>Lets a process do nothing more (SIGSTOP), so that what it is in the middle of can be looked at before it is killed.</summary>
    public static void Freeze(int pid) => Signal(pid, "-STOP");

    /// <summary>Starts it again.</summary>
    internal Process Start(ConcurrentQueue<string> lines)
    {
        var start = new ProcessStartInfo(Arguments[0]) { WorkingDirectory = Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Arguments.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        RunningSystem.Pump(process, lines);
        return process;
    }

    private static void Signal(int pid, string signal)
    {
        using var kill = Process.Start("kill", [signal, pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static bool Carries(int pid, string mark)
    {
        try
        {
            // A zombie has an empty environment: it lives no more.
            return Strings($"/proc/{pid}/environ").Contains(mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string[] Strings(string file) => Encoding.UTF8.GetString(File.ReadAllBytes(file)).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
