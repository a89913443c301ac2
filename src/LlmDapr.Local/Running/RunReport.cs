using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmDapr.Local.Running;

/// <summary>The content of <c>--report</c>: where everything is.</summary>
/// <param name="RunnerPid">This process.</param>
/// <param name="WatcherPid">The process that ends everything if this one is killed.</param>
/// <param name="RunId">The value of <c>LLMDAPR_RUN</c> in the environment of every process of the run.</param>
/// <param name="Sidecar"><c>daprd</c> or <c>embedded</c>.</param>
/// <param name="Apps">The apps in the run file's order.</param>
internal sealed record RunReport(int RunnerPid, int WatcherPid, string RunId, string Sidecar, IReadOnlyList<AppReport> Apps)
{
    /// <summary>The log files of the run.</summary>
    [JsonIgnore]
    public IEnumerable<string> Logs => Apps.SelectMany(app => new[] { app.Log, app.SidecarLog }).OfType<string>().Distinct();

    /// <summary>Writes the file in one step: who sees it, sees all of it.</summary>
    public async Task WriteAsync(string path)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var part = $"{full}.{Environment.ProcessId}";
        await File.WriteAllBytesAsync(part, JsonSerializer.SerializeToUtf8Bytes(this, RunReportJson.Default.RunReport));
        File.Move(part, full, overwrite: true);
    }
}

/// <summary>Serialization of the report, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext;
