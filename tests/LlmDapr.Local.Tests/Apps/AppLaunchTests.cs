using LlmDapr.Local.Apps;
using LlmDapr.Local.Output;

namespace LlmDapr.Local.Tests.Apps;

public sealed class AppLaunchTests : IDisposable
{
    private static readonly Dictionary<string, string> NoEnv = [];

    private readonly TestFolder _folder = new();
    private readonly StringWriter _output = new();

    [Fact]
    public async Task Prepare_DotnetRunOfABuiltProject_IsItsAppHost()
    {
        var project = _folder.Write("app/App.csproj", "");
        var assembly = _folder.Write("bin/App.dll", "");
        var host = _folder.Write(OperatingSystem.IsWindows() ? "bin/App.exe" : "bin/App", "");

        var spec = await PrepareAsync(new Dictionary<string, string> { [project] = assembly }, "dotnet", "run", "--no-launch-profile", "-c", "debug", "--", "a b");

        Assert.Equal(host, spec.Program);
        Assert.Equal(["a b"], spec.Arguments);
        Assert.Equal(Path.Combine(_folder.Path, "app"), spec.Directory);
        Assert.True(Directory.Exists(Path.Combine(spec.Env["DOTNET_ROOT"], "shared")));
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Prepare_BuiltProjectWithoutAppHost_IsStartedByDotnet()
    {
        var project = _folder.Write("app/App.csproj", "");
        var assembly = _folder.Write("bin/App.dll", "");

        var spec = await PrepareAsync(new Dictionary<string, string> { [project] = assembly }, "dotnet", "run");

        Assert.True(File.Exists(spec.Program));
        Assert.Equal([assembly], spec.Arguments);
    }

    [Fact]
    public async Task Prepare_AnotherProgram_StaysAsItIs()
    {
        _folder.Make("app");
        var spec = await PrepareAsync(NoEnv, TestPlaces.StandIn, "x", "y z");
        Assert.Equal(TestPlaces.StandIn, spec.Program);
        Assert.Equal(["x", "y z"], spec.Arguments);
    }

    [Fact]
    public async Task Prepare_ProgramMissing_SaysWhoWantsIt()
    {
        _folder.Make("app");
        var failure = await Assert.ThrowsAsync<LocalFailure>(() => PrepareAsync(NoEnv, "no-such-program"));
        Assert.Contains("'app' (dapr.yaml line 9) wants to run 'no-such-program'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_UnbuiltProject_IsBuiltWhereTheCommandSays()
    {
        WriteProject("Console.WriteLine(args.Length);");

        var spec = await PrepareAsync(NoEnv, "dotnet", "run", "-c", "Release", "--artifacts-path", "../out", "--", "x");

        Assert.StartsWith(Path.Combine(_folder.Path, "out"), spec.Program, StringComparison.Ordinal);
        Assert.Contains("release", spec.Program, StringComparison.Ordinal);
        Assert.Contains("building app", _output.ToString(), StringComparison.Ordinal);
        List<string> lines = [];
        Assert.Equal(0, await ChildProcess.Start(spec, lines.Add).Exited.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["1"], lines);
    }

    [Fact]
    public async Task Prepare_BuildFails_ShowsTheCompilersError()
    {
        WriteProject("not C#;");
        var failure = await Assert.ThrowsAsync<LocalFailure>(() => PrepareAsync(NoEnv, "dotnet", "run"));
        Assert.Contains("error CS", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    private void WriteProject(string code)
    {
        _folder.Write("app/App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType><ImplicitUsings>enable</ImplicitUsings></PropertyGroup>
            </Project>
            """);
        _folder.Write("app/Program.cs", code);
    }

    private Task<LaunchSpec> PrepareAsync(Dictionary<string, string> built, params string[] command)
    {
        var app = TestPlans.App("app", null, command) with { Directory = Path.Combine(_folder.Path, "app") };
        return new AppLaunch(new BuiltPrograms(built, "Debug"), new RunOutput(_output, colour: false)).PrepareAsync(app, NoEnv, TestContext.Current.CancellationToken);
    }
}
