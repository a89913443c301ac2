using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>The system's own components/resiliency.yaml, as the sidecar of edge reads it.</summary>
public sealed class HopPolicyTests
{
    private readonly PolicySetup _setup = new();

    [Theory]
    [InlineData(200, 1)]
    [InlineData(500, 1)]
    [InlineData(501, 1)]
    [InlineData(502, 3)]
    [InlineData(503, 3)]
    [InlineData(504, 3)]
    [InlineData(505, 1)]
    [InlineData(429, 1)]
    public async Task Retry_EachAnswer_RepeatsOnlyABrokenHop(int status, int attempts)
    {
        var app = new ScriptedApp(_setup.Time, ScriptedApp.Status(status));

        await app.InvokeAsync(Load("edge").ForApp("generation"), "hop");

        Assert.Equal(Enumerable.Range(0, attempts).Select(n => n * 200.0), app.AttemptsAtMs);
    }

    [Fact]
    public async Task Breaker_FiftyOneFailures_OpenForTwoSeconds()
    {
        var policy = Load("edge").ForApp("generation");
        var app = new ScriptedApp(_setup.Time, [.. Enumerable.Repeat(AttemptResult.Left(), 51), ScriptedApp.Status(200)]);
        for (var n = 0; n < 51; n++)
        {
            Assert.Equal(AttemptEnd.CallerLeft, (await app.InvokeAsync(policy, "hop")).End);
        }

        Assert.Equal("circuit breaker is open", (await app.InvokeAsync(policy, "hop")).Error);
        _setup.Time.Advance(TimeSpan.FromSeconds(2.01));
        Assert.Equal(200, (await app.InvokeAsync(policy, "hop")).Status);
    }

    [Theory]
    [InlineData("edge", true)]
    [InlineData("generation", false)]
    public void Load_EachSidecar_AppliesToEdgeAloneAndWarnsOfNothing(string ownAppId, bool applies)
    {
        Assert.Equal(applies, Load(ownAppId).ForApp("generation").MayRepeatAnswers);
        Assert.Empty(_setup.Logged(LogLevel.Warning));
        Assert.Empty(_setup.Logged(LogLevel.Error));
    }

    private ResiliencyPolicies Load(string ownAppId)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "LlmDapr.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("These tests run inside the repository.");
        }

        return _setup.LoadAs(ownAppId, File.ReadAllText(Path.Combine(root.FullName, "components", "resiliency.yaml")));
    }
}
