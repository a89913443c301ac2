using LlmDapr.Local.Apps;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Sidecars;

/// <summary>A sidecar process to start.</summary>
/// <param name="Name">Its name in the output and in log files.</param>
/// <param name="Kind">What it is, in the names of log files.</param>
/// <param name="Spec">The process.</param>
/// <param name="Serves">The apps whose sidecar it is.</param>
/// <param name="Log">Where its output goes.</param>
/// <param name="LogFolder">Folder of its log file.</param>
internal sealed record SidecarLaunch(string Name, string Kind, LaunchSpec Spec, IReadOnlyList<AppPlan> Serves, LogDestination Log, string LogFolder)
{
    /// <summary>
    /// Lines that are shown even when the output goes to a file. The development sidecar warns where daprd would do something else, and that must not go unseen; daprd's own
    /// warnings are its operator's.
    /// </summary>
    public Func<string, bool> IsAlert { get; init; } = _ => false;
}
