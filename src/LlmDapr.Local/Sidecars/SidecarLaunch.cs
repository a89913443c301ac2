using LlmDapr.Local.Apps;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Sidecars;

/// <summary>A sidecar process to start.</summary>
/// <param name="Name">Its name in the output and in log files.</param>
/// <param name="Spec">The process.</param>
/// <param name="Serves">The apps whose sidecar it is.</param>
/// <param name="Log">Where its output goes.</param>
/// <param name="LogFolder">Folder of its log file.</param>
internal sealed record SidecarLaunch(string Name, LaunchSpec Spec, IReadOnlyList<AppPlan> Serves, LogDestination Log, string LogFolder);
