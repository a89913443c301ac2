using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Contracts.Requests;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>The README's <c>curl</c> examples work as they are printed (but for the ports of the system at hand).</summary>
public sealed partial class ReadmeTests(SharedSystem shared)
{
    private readonly RunningSystem _system = shared.System;

    public static TheoryData<string> Examples() => [.. Printed()];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Examples))]
    public async Task Curl_AsPrinted_Succeeds(string command)
    {
        var output = await RunAsync(command);
        Assert.True(output.Contains("\"object\":", StringComparison.Ordinal) || output == """{"purged":true}""", output);
        Assert.Equal(command.Contains("\"stream\":true", StringComparison.Ordinal), output.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"temperature\":0", "x-llmdapr-cache: hit")]
    [InlineData("Idempotency-Key: report-17", "HTTP/1.1 202 Accepted")]
    [InlineData("Idempotency-Key: report-17", "Location: /v1/async/")]
    [InlineData("?wait=30s", "\"status\":\"succeeded\"")]
    [InlineData("curl -X DELETE", "\"status\":\"cancelled\"")]
    [InlineData("/admin/cache/purge", "{\"purged\":true}")]
    public async Task Curl_OfWhatItShows_DoesAsTheReadmeSays(string example, string expected)
    {
        Assert.SkipUnless(File.Exists(Readme), "There is no README beside the published tests");
        var command = Assert.Single(Printed(), command => command.Contains(example, StringComparison.Ordinal));

        // As often as the text says: the second time an equal prompt is a repeated one.
        await RunAsync(command);
        Assert.Contains(expected, await RunAsync(command), StringComparison.Ordinal);
    }

    [Fact]
    public void Events_AsPrinted_AreThoseOfTheContracts()
    {
        Assert.SkipUnless(File.Exists(Readme), "There is no README beside the published tests");
        var strict = new JsonSerializerOptions(EventsJsonContext.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };
        var printed = Json().Matches(File.ReadAllText(Readme)).Select(match => match.Groups["json"].Value).ToList();

        var request = JsonSerializer.Deserialize<LlmRequest>(Assert.Single(printed, json => json.Contains("\"kind\"", StringComparison.Ordinal)), strict)!;
        Assert.NotNull(LlmRequestKinds.Parse(request.Kind));
        Assert.NotNull(request.ReplyTopic);
        Assert.True(RequestEnvelope.TryRead(Encoding.UTF8.GetBytes(request.Body.GetRawText()), RequestKind.ChatCompletion, out _, out _));

        var result = JsonSerializer.Deserialize<LlmResult>(Assert.Single(printed, json => json.Contains("\"job_id\"", StringComparison.Ordinal)), strict)!;
        Assert.Equal(("q-17", "succeeded", 200), (result.RequestId, result.Status, result.StatusCode));
    }

    private static string Readme => Path.Combine(Programs.Root, "README.md");

    private static IEnumerable<string> Printed() => File.Exists(Readme) ? Block().Matches(File.ReadAllText(Readme)).Select(match => match.Groups["command"].Value) : [];

    private async Task<string> RunAsync(string command)
    {
        Assert.SkipUnless(Which("bash") && Which("curl"), "bash and curl are needed to run the README's examples");
        var here = command
            .Replace($"localhost:{AppPorts.Edge.App}", $"localhost:{_system.Report.App(AppIds.Edge).AppPort}", StringComparison.Ordinal)
            .Replace($"localhost:{AppPorts.Simulator.DaprHttp}", $"localhost:{_system.Report.App(AppIds.Simulator).DaprHttpPort}", StringComparison.Ordinal)
            .Replace("curl ", "curl -sS --fail-with-body --noproxy '*' ", StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash") { ArgumentList = { "-c", here }, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LLMDAPR_ADMIN_KEY"] = SharedSystem.AdminKey;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, $"{command}\n{output}\n{await errors}");
        return output;
    }

    private static bool Which(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    [GeneratedRegex(@"```json\n(?<json>.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Json();

    [GeneratedRegex(@"```bash\n(?<command>(?:\w+=\$\()?curl .*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
