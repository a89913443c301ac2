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
            ("OPENAI_API_KEY", "sk-never-to-be-used"), ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1"), ("Cache__Mode", "off"), ("Models__0__Id", "nothing"), ("Models__0__Targets__0__Provider", "openai"), ("ASPNETCORE_URLS", "http://localhost:1"));

        Assert.True(await runner.ExitAsync() == 0, runner.Output);
        Assert.Contains("none: every answer was complete and right, no prompt was paid for twice", runner.Output, StringComparison.Ordinal);
        Assert.Contains("none: every answer was complete and right, not a word doubled or missing", runner.Output, StringComparison.Ordinal);
        Assert.Contains("none: every result was right and came once, none was paid for twice", runner.Output, StringComparison.Ordinal);
        Assert.Matches(Reached(), runner.Output);
        Assert.Matches(Served(), runner.Output);
        Assert.Matches(@"jobs +2 of 2 finished: accepted after ", runner.Output);
        Assert.Matches(@"events +2 of 2 finished: accepted after ", runner.Output);
        Assert.Contains("4 calls reached the provider", runner.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"reached the provider +14 calls, at most \d+ at once, 0 cancelled, 0 times 429")]
    private static partial Regex Reached();

    // Two of the eight repeated prompts are paid for. Two come while the call is under way, or a moment after it; four come later.
    [GeneratedRegex(@"prompt cache +([456]) hits \(whole answer p50 .*\), [012] coalesced with a call under way")]
    private static partial Regex Served();
}
