using System.Text.Json;

namespace LlmDapr.Testing;

/// <summary>What <c>LlmDapr.Local --report</c> writes.</summary>
/// <param name="RunnerPid">The runner's process.</param>
/// <param name="WatcherPid">The process that ends everything if the runner is killed.</param>
/// <param name="RunId">The mark in the environment of each process of the run.</param>
/// <param name="Sidecar"><c>embedded</c> or <c>daprd</c>.</param>
/// <param name="Apps">The apps.</param>
public sealed record SystemReport(int RunnerPid, int WatcherPid, string RunId, string Sidecar, IReadOnlyList<ReportedApp> Apps)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the file.</summary>
    public static async Task<SystemReport> ReadAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return (await JsonSerializer.DeserializeAsync<SystemReport>(file, Json, cancellationToken))!;
    }

    /// <summary>An app by its id; with replicas the one of a number, from 1.</summary>
    public ReportedApp App(string appId, int replica = 1) => Apps.Where(app => app.AppId == appId).ElementAt(replica - 1);
}

/// <summary>One replica of an app of the report. The pids are those of the start: see <see cref="RunningSystem.PidOf"/>.</summary>
public sealed record ReportedApp(string AppId, string Name, int? Pid, int AppPort, int SidecarPid, int DaprHttpPort, int DaprGrpcPort, int MetricsPort);
