using System.Diagnostics;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>The processor time that a process has used while something was measured.</summary>
internal sealed class ProcessorTime(string name, int pid)
{
    private TimeSpan _startedAt;

    public string Name => name;

    public TimeSpan Used { get; private set; }

    public void Start() => _startedAt = Now();

    public void Stop() => Used += Now() - _startedAt;

    private TimeSpan Now()
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
