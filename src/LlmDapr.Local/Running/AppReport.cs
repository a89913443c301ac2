namespace LlmDapr.Local.Running;

/// <summary>One app of a <see cref="RunReport"/>. A pid or port that there is not is null or 0.</summary>
internal sealed record AppReport(
    string AppId, string Name, int? Pid, int AppPort, int SidecarPid, int DaprHttpPort, int DaprGrpcPort, int MetricsPort, string? Log, string? SidecarLog);
