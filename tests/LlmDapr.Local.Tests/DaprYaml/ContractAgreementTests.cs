using LlmDapr.Contracts;
using LlmDapr.Local.Apps;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.DaprYaml;

/// <summary>The repository's <c>dapr.yaml</c> says the same as the constants in Contracts.</summary>
public sealed class ContractAgreementTests
{
    private static readonly RunFileDocument File = RunFileReader.Read(Path.Combine(TestPlaces.Repository, RunFileLocator.FileName));
    private static readonly IReadOnlyList<AppPlan> Apps = RunFileResolver.Resolve(File, Path.Combine(Path.GetTempPath(), "no dapr home"));

    [Fact]
    public void DaprYaml_Apps_AreThoseOfContractsInStartOrder()
    {
        Assert.Empty(File.Warnings);
        Assert.Equal([AppIds.Simulator, AppIds.Generation, AppIds.Edge], Apps.Select(app => app.AppId));
    }

    [Theory]
    [InlineData(AppIds.Edge)]
    [InlineData(AppIds.Generation)]
    [InlineData(AppIds.Simulator)]
    public void DaprYaml_Ports_AreThoseOfContracts(string id)
    {
        var expected = id switch { AppIds.Edge => AppPorts.Edge, AppIds.Generation => AppPorts.Generation, _ => AppPorts.Simulator };
        var ports = Apps.Single(app => app.AppId == id).Ports;
        Assert.Equal(expected, new AppPorts(ports.App, ports.DaprHttp, ports.DaprGrpc, ports.Metrics));
    }

    [Fact]
    public void DaprYaml_GenerationsProvider_IsTheSimulator() =>
        Assert.Equal($"http://localhost:{AppPorts.Simulator.App}/v1", Apps.Single(app => app.AppId == AppIds.Generation).Env["Providers__simulator__Endpoint"]);

    [Fact]
    public void DaprYaml_EverySidecar_ReadsTheComponentsAndTheConfiguration() => Assert.All(Apps, app =>
    {
        Assert.Equal([Path.Combine(TestPlaces.Repository, "components")], app.ResourcesPaths);
        Assert.Equal(Path.Combine(TestPlaces.Repository, "components", "configuration.yaml"), app.ConfigPath);
        Assert.Equal("16Mi", app.Setting("maxBodySize"));
    });

    [Fact]
    public void DaprYaml_Disabled_AreTheServicesThatNothingHereNeeds() =>
        Assert.All(["placementHostAddress", "schedulerHostAddress"], key => Assert.Equal("", File.Common.Values[key].Text));

    [Fact]
    public void DaprYaml_EveryCommand_IsAProgramThatThisBuildMade() => Assert.All(Apps, app =>
    {
        var run = DotnetRun.Parse(app.Command, app.Directory);
        Assert.NotNull(run);
        Assert.True(System.IO.File.Exists(BuiltPrograms.OfThisBuild.OutputOf(run.Project)), run.Project);
    });

    [Fact]
    public void DaprYaml_EveryApp_IsBuiltIntoAFolderOfItsOwn()
    {
        // Under `dapr run`, several dotnet run build at once: shared outputs would race.
        var folders = Apps.Select(app => DotnetRun.Parse(app.Command, app.Directory)!.ArtifactsPath).ToList();
        Assert.All(folders, Assert.NotNull);
        Assert.Equal(folders.Count, folders.Distinct().Count());
    }
}
