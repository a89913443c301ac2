using System.Text.RegularExpressions;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Jobs;

/// <summary>The whole system in processes, as built with this program: an app that <c>dapr.yaml</c>'s <c>dotnet run</c> builds is a debug one.</summary>
internal static partial class BuiltSystem
{
    /// <summary>One job is taken and never ends, so that every other one stays in the broker.</summary>
    public static readonly string[] WorkersPaused =
        [$"{AppIds.Generation}:Jobs__Concurrency=1", $"{AppIds.Generation}:Scheduling__Limiter=fixed", $"{AppIds.Generation}:Scheduling__StartLimit=1"];

    /// <summary>A model whose answers never come.</summary>
    public const string ModelWithoutEnd = "sim-paused?fault=gate";

    /// <param name="appEnvironment">Settings of single apps, as <c>app:NAME=value</c>.</param>
    public static Task<RunningSystem> StartAsync(params string[] appEnvironment) =>
        RunningSystem.StartAsync(new RunningSystemOptions { AppEnvironment = appEnvironment, ChangeRunFile = Rewrite }, CancellationToken.None);

    private static string Rewrite(string text)
    {
        var program = string.Empty;
        return string.Join('\n', text.Split('\n').Select(line =>
        {
            if (AppDirectory().Match(line) is { Success: true } directory)
            {
                program = directory.Groups["name"].Value;
            }

            return Command().Match(line) is { Success: true } command ? $"{command.Groups["before"].Value}[\"{Programs.Find(program)}\"]" : line;
        }));
    }

    [GeneratedRegex(@"^\s+appDirPath: .*/(?<name>LlmDapr(\.\w+)+)\s*$")]
    private static partial Regex AppDirectory();

    [GeneratedRegex(@"^(?<before>\s+command: )\[.*""run"".*\]\s*$")]
    private static partial Regex Command();
}
