using LlmDapr.Local.Reaping;

namespace LlmDapr.Local.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("-f x --sidecar daprd --ports free --report r --env A=1 --env B=2 --app-env edge:C=3 --timeout 5 --scale a=2 --scale b=3 --data-file d")]
    [InlineData("demo")]
    [InlineData("demo --requests 10 --sidecar embedded -f x")]
    public void Parse_KnownOptions_AreTaken(string arguments) => Assert.Empty(LocalCommandLine.Root().Parse(arguments).Errors);

    [Theory]
    [InlineData("--sidecar some")]
    [InlineData("--ports 5080")]
    [InlineData("--timeout 0")]
    [InlineData("--timeout soon")]
    [InlineData("--unknown")]
    [InlineData("demo --requests 0")]
    [InlineData("demo --ports free")]
    [InlineData("demo --scale a=2")]
    [InlineData("demo --data-file d")]
    public void Parse_BadOptions_AreErrors(string arguments) => Assert.NotEmpty(LocalCommandLine.Root().Parse(arguments).Errors);

    [Fact]
    public void Root_ReapCommand_IsHidden() => Assert.True(LocalCommandLine.Root().Subcommands.Single(command => command.Name == Reaper.CommandName).Hidden);
}
