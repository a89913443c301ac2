using LlmDapr.Local.Apps;

namespace LlmDapr.Local.Tests.Apps;

public sealed class DotnetRunTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly string _project;

    public DotnetRunTests() => _project = _folder.Write("app/App.csproj", "");

    [Fact]
    public void Parse_ArgumentsAfterDashes_AreTheApps()
    {
        var run = Parse("dotnet run --no-launch-profile -- --urls http://x --project y");
        Assert.Equal(["--urls", "http://x", "--project", "y"], run!.Arguments);
        Assert.Equal(_project, run.Project);
        Assert.True(run.Build);
    }

    [Theory]
    [InlineData("dotnet run -c Release")]
    [InlineData("dotnet run --configuration Release")]
    [InlineData("dotnet run --configuration=Release")]
    public void Parse_Configuration_IsKept(string command) => Assert.Equal("Release", Parse(command)!.Configuration);

    [Fact]
    public void Parse_ArtifactsPath_IsFromTheAppsFolder() =>
        Assert.Equal(Path.Combine(_folder.Path, "out"), Parse("dotnet run --artifacts-path ../out -v quiet --no-restore")!.ArtifactsPath);

    [Fact]
    public void Parse_NoBuild_IsKept() => Assert.False(Parse("dotnet run --no-build")!.Build);

    [Theory]
    [InlineData("dotnet run --project ../other/Other.csproj")]
    [InlineData("dotnet run --project ../other")]
    [InlineData("dotnet run --project=../other")]
    public void Parse_Project_IsFromTheAppsFolder(string command)
    {
        var other = _folder.Write("other/Other.csproj", "");
        Assert.Equal(other, Parse(command)!.Project);
    }

    [Theory]
    [InlineData("node app.js")]
    [InlineData("dotnet App.dll")]
    [InlineData("dotnet")]
    [InlineData("dotnet watch run")]
    [InlineData("dotnet run --framework net9.0")]
    [InlineData("dotnet run some.cs")]
    [InlineData("dotnet run --project ../gone")]
    public void Parse_SomethingElse_IsNotUnderstood(string command) => Assert.Null(Parse(command));

    [Fact]
    public void Parse_LaunchProfileWouldApply_IsNotUnderstood()
    {
        _folder.Write("app/Properties/launchSettings.json", "{}");
        Assert.Null(Parse("dotnet run"));
        Assert.NotNull(Parse("dotnet run --no-launch-profile"));
    }

    [Fact]
    public void Parse_TwoProjectsInTheFolder_IsNotUnderstood()
    {
        _folder.Write("app/Second.csproj", "");
        Assert.Null(Parse("dotnet run"));
    }

    public void Dispose() => _folder.Dispose();

    private DotnetRun? Parse(string command) => DotnetRun.Parse(command.Split(' '), Path.GetDirectoryName(_project)!);
}
