using LlmDapr.Local.Output;

namespace LlmDapr.Local.Apps;

/// <summary>Builds the project of a <c>dotnet run</c> that is not one of <see cref="BuiltPrograms"/>. One at a time: two builds at once race over shared outputs.</summary>
internal static class ProjectBuild
{
    private const int ShownLines = 30;

    /// <summary>Builds, and gives the path of the built assembly.</summary>
    /// <exception cref="LocalFailure">The build failed; the message ends with what it said.</exception>
    public static async Task<string> RunAsync(DotnetRun run, string directory, CancellationToken cancellation)
    {
        List<string> options = [];
        if (run.Configuration is not null)
        {
            options.AddRange(["-c", run.Configuration]);
        }

        if (run.ArtifactsPath is not null)
        {
            options.AddRange(["--artifacts-path", run.ArtifactsPath]);
        }

        if (run.Build)
        {
            await DotnetAsync(run, directory, ["build", run.Project, "--nologo", "-v", "quiet", .. options], cancellation);
        }

        // The path is asked for afterwards: a build that is asked for a property keeps its errors to itself.
        List<string> properties = ["-getProperty:TargetPath"];
        properties.AddRange(run.Configuration is null ? [] : [$"-p:Configuration={run.Configuration}"]);
        properties.AddRange(run.ArtifactsPath is null ? [] : [$"-p:ArtifactsPath={run.ArtifactsPath}", "-p:_ArtifactsPathOriginallySpecified=true"]);
        var answer = await DotnetAsync(run, directory, ["msbuild", run.Project, .. properties], cancellation);
        return answer.LastOrDefault(line => line.Length > 0)?.Trim() ?? throw new LocalFailure($"{run.Project} does not say where it is built to. It must be a program (OutputType Exe).");
    }

    private static async Task<IReadOnlyList<string>> DotnetAsync(DotnetRun run, string directory, IReadOnlyList<string> arguments, CancellationToken cancellation)
    {
        var dotnet = ProgramLocator.Require("dotnet", directory, Environment.GetEnvironmentVariable("PATH"), $"The build of {run.Project}");
        List<string> lines = [];
        var process = ChildProcess.Start(new LaunchSpec(dotnet, arguments, directory, new Dictionary<string, string>()), line =>
        {
            lock (lines)
            {
                lines.Add(line);
            }
        });
        try
        {
            var code = await process.Exited.WaitAsync(cancellation);
            lock (lines)
            {
                return code == 0 ? [.. lines] : throw new LocalFailure(
                    $"Building {run.Project} failed (exit code {code}):{Environment.NewLine}{string.Join(Environment.NewLine, lines.TakeLast(ShownLines))}");
            }
        }
        finally
        {
            // Only a build that was broken off: after a whole one, the servers that it leaves for the next build are not ours to end.
            if (!process.Exited.IsCompleted)
            {
                process.Kill();
            }
        }
    }
}
