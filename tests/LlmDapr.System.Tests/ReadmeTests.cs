using System.Diagnostics;
using System.Text.RegularExpressions;
using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>The README's <c>curl</c> examples work as they are printed (but for the ports of the system at hand).</summary>
public sealed partial class ReadmeTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    public static TheoryData<string> Examples()
    {
        var readme = Path.Combine(Programs.Root, "README.md");
        return File.Exists(readme) ? [.. Block().Matches(File.ReadAllText(readme)).Select(match => match.Groups["command"].Value)] : [];
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Examples))]
    public async Task Curl_AsPrinted_Succeeds(string command)
    {
        Assert.SkipUnless(Which("bash") && Which("curl"), "bash and curl are needed to run the README's examples");
        var here = command
            .Replace($"localhost:{AppPorts.Edge.App}", $"localhost:{_system.Report.App(AppIds.Edge).AppPort}", StringComparison.Ordinal)
            .Replace($"localhost:{AppPorts.Simulator.DaprHttp}", $"localhost:{_system.Report.App(AppIds.Simulator).DaprHttpPort}", StringComparison.Ordinal)
            .Replace("curl ", "curl -sS --fail-with-body --noproxy '*' ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", here }, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, $"{command}\n{output}\n{errors}");
        Assert.True(output.Contains("\"object\":", StringComparison.Ordinal), output);
        Assert.Equal(command.Contains("\"stream\":true", StringComparison.Ordinal), output.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
    }

    private static bool Which(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex(@"```bash\n(?<command>curl .*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
