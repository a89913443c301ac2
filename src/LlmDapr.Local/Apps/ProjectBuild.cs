using System.Diagnostics;
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
        return answer.Trim();
    }

    private static async Task<string> DotnetAsync(DotnetRun run, string directory, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            var text = await output + await errors;
            return process.ExitCode == 0 ? text : throw new LocalFailure(
                $"Building {run.Project} failed (exit code {process.ExitCode}):{Environment.NewLine}{string.Join(Environment.NewLine, text.TrimEnd().Split('\n').TakeLast(ShownLines))}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
