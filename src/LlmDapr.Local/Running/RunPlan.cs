using LlmDapr.Local.Apps;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Running;

/// <summary>All that a run will start. Nothing of it runs yet.</summary>
/// <param name="File">The run file.</param>
/// <param name="Apps">Its apps with their ports.</param>
/// <param name="Daprd">The daprd in use, or null with the development sidecar.</param>
/// <param name="DataFile">Where the development sidecar keeps state and messages; null with daprd.</param>
/// <param name="Sidecars">The sidecar processes.</param>
/// <param name="Launches">The apps' processes; an app without a command has none.</param>
internal sealed record RunPlan(
    RunFileDocument File,
    IReadOnlyList<AppPlan> Apps,
    string? Daprd,
    string? DataFile,
    IReadOnlyList<SidecarLaunch> Sidecars,
    IReadOnlyList<(AppPlan App, LaunchSpec Spec)> Launches);
