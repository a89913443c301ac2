namespace LlmDapr.Testing;

/// <summary>A process of a system that was killed, and what is needed to start it again: see <see cref="RunningSystem.RestartAsync"/>.</summary>
/// <param name="Name">What it is, such as <c>generation-2</c> or <c>sidecar</c>.</param>
/// <param name="ReportedPid">Its number in the system's report, which names it for good.</param>
/// <param name="Program">How it was started.</param>
/// <param name="Answers">Pages that answer once it is back.</param>
public sealed record KilledProcess(string Name, int ReportedPid, StartedProgram Program, IReadOnlyList<Uri> Answers);
