using System.Globalization;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>What may be odd about the machine or the settings that the system is started with.</summary>
public sealed class StartTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithAProxyInTheEnvironment_ReachesThisMachinePastIt()
    {
        var proxy = $"http://127.0.0.1:{FreePorts.Take(1)[0].ToString(CultureInfo.InvariantCulture)}";
        await using var system = await RunningSystem.StartAsync(
            new RunningSystemOptions
            {
                Environment = new Dictionary<string, string> { ["HTTP_PROXY"] = proxy, ["http_proxy"] = proxy, ["all_proxy"] = proxy, ["NO_PROXY"] = "", ["no_proxy"] = "" },
            },
            Ct);
        using var response = await system.Http.PostAsync(Chat.Body("sim?words=3", "Hello", stream: false), Ct);

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Start_WithWrongSettings_SaysAllOfThemWithoutAStackTrace()
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunningSystem.StartAsync(
            new RunningSystemOptions { AppEnvironment = ["generation:Providers__here__Endpoint=nowhere", "generation:Calls__MaxEventBytes=1"] },
            Ct));

        Assert.Contains("Providers:here:Endpoint is 'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxEventBytes", error.Message, StringComparison.Ordinal);

        // Only generation's own lines: whoever is stopped in the middle of its start may say so at length.
        var said = error.Message.Split('\n').Where(line => !line.StartsWith("edge", StringComparison.Ordinal) && !line.StartsWith("simulator", StringComparison.Ordinal));
        Assert.DoesNotContain(said, line => line.Contains("   at LlmDapr.Generation", StringComparison.Ordinal) || line.Contains("OptionsValidationException", StringComparison.Ordinal));
    }
}
