using System.Text.RegularExpressions;

namespace LlmDapr.Local.Tests.Running;

/// <summary>The real system, with the development sidecar.</summary>
public sealed partial class DemoRunTests
{
    [Fact]
    public async Task Demo_WithARealProviderInTheEnvironment_AsksTheSimulatorAlone()
    {
        await using var runner = RunnerProcess.StartPlain(
            TestPlaces.Repository,
            ["demo", "--requests", "20", "--sidecar", "embedded"],
            ("OPENAI_API_KEY", "sk-never-to-be-used"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"), ("Models__0__Id", "nothing"), ("Models__0__Targets__0__Provider", "openai"), ("ASPNETCORE_URLS", "http://localhost:1"));

        Assert.True(await runner.ExitAsync() == 0, runner.Output);
        Assert.Contains("none: every answer was complete and right", runner.Output, StringComparison.Ordinal);
        Assert.Matches(Reached(), runner.Output);
    }

    [GeneratedRegex(@"reached the provider +20 calls, at most \d+ at once, 0 cancelled, 0 times 429")]
    private static partial Regex Reached();
}
