using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;

namespace LlmDapr.Local.Tests.Apps;

public sealed class AppEnvironmentTests
{
    [Fact]
    public void Of_App_HasWhatTheDaprCliGives()
    {
        var env = AppEnvironment.Of(TestPlans.App("edge", new PortSet(5080, 3500, 3501, 3502, 3503, 0)), EnvironmentOverrides.None);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["APP_ID"] = "edge",
                ["APP_PORT"] = "5080",
                ["APP_PROTOCOL"] = "http",
                ["APP_CHANNEL_ADDRESS"] = "",
                ["DAPR_HTTP_PORT"] = "3500",
                ["DAPR_GRPC_PORT"] = "3501",
                ["DAPR_METRICS_PORT"] = "3502",
            },
            env);
    }

    [Fact]
    public void Of_AppWithoutPort_HasNoAppPort() =>
        Assert.False(AppEnvironment.Of(TestPlans.App("job"), EnvironmentOverrides.None).ContainsKey("APP_PORT"));

    [Fact]
    public void Of_SameVariableEverywhere_TheMostSpecificWins()
    {
        var app = TestPlans.App("edge") with { Env = new Dictionary<string, string> { ["APP_ID"] = "file", ["A"] = "file", ["B"] = "file" } };
        var env = AppEnvironment.Of(app, EnvironmentOverrides.Parse(["A=all", "B=all"], ["edge:B=own=x", "other:B=other"]));
        Assert.Equal(("file", "all", "own=x"), (env["APP_ID"], env["A"], env["B"]));
    }

    [Theory]
    [InlineData("A", null, "--env A: write --env KEY=VALUE.")]
    [InlineData("=x", null, "--env =x: write --env KEY=VALUE.")]
    [InlineData(null, "A=x", "--app-env A=x: write --app-env APP:KEY=VALUE.")]
    [InlineData(null, "edge:A", "--app-env edge:A: write --app-env APP:KEY=VALUE.")]
    public void Parse_BadText_SaysHowToWriteIt(string? forAll, string? forApp, string expected)
    {
        var failure = Assert.Throws<LocalFailure>(() => EnvironmentOverrides.Parse(forAll is null ? [] : [forAll], forApp is null ? [] : [forApp]));
        Assert.Equal(expected, failure.Message);
    }
}
