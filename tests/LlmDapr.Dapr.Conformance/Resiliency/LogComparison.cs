using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;

namespace LlmDapr.Dapr.Conformance.Resiliency;

/// <summary>Looks for a case's recorded errors and warnings in what the sidecar has logged. Debug and info lines are not owed.</summary>
internal static partial class LogComparison
{
    public static void Compare(ResiliencyGroup group, RecordedCase recorded, List<string> differences)
    {
        var log = recorded.Part("log");
        if (log.ValueKind != System.Text.Json.JsonValueKind.Array)
        {
            return;
        }

        var lines = group.Output.Split('\n').Select(Normal).ToArray();
        foreach (var match in log.EnumerateArray().Select(line => Recorded().Match(line.GetString()!)).Where(match => match.Success))
        {
            var wanted = Wanted(Normal(match.Groups["text"].Value));
            var isError = match.Groups["level"].Value == "error";
            if (wanted.Length > 0 && !lines.Any(line => line.Contains(wanted, StringComparison.Ordinal) && (!isError || IsOf(group, line))))
            {
                differences.Add($"not logged: {wanted}");
            }
        }
    }

    // One development sidecar writes for all groups; its errors name the file.
    private static bool IsOf(ResiliencyGroup group, string line) =>
        SidecarFleet.Daprd is not null || line.Contains($"/{group.Names.Of("caller")}/", StringComparison.Ordinal);

    // The words of the YAML library are its own. And daprd complains of broken YAML once for each kind of resource; once is enough.
    private static string Wanted(string text) =>
        text.StartsWith("daprd load ", StringComparison.Ordinal) ? ""
        : text.Contains("error converting YAML", StringComparison.Ordinal) ? YamlFault().Match(text).Value
        : text;

    private static string Normal(string line) =>
        Spaces().Replace(line.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\n", " ", StringComparison.Ordinal), " ");

    [GeneratedRegex("^level=(?<level>error|warning) msg=\"(?<text>.*)\" app_id=")]
    private static partial Regex Recorded();

    [GeneratedRegex("^.* line [0-9]+: ")]
    private static partial Regex YamlFault();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
