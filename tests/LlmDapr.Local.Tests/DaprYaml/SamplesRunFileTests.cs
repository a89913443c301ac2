using LlmDapr.Local.Apps;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.DaprYaml;

/// <summary><c>dapr.samples.yaml</c> is <c>dapr.yaml</c> and two sample apps.</summary>
public sealed class SamplesRunFileTests
{
    private static readonly RunFileDocument System = RunFileReader.Read(Path.Combine(TestPlaces.Repository, RunFileLocator.FileName));
    private static readonly RunFileDocument Samples = RunFileReader.Read(Path.Combine(TestPlaces.Repository, "src", "dapr.samples.yaml"));
    private static readonly string[] Paths = ["appDirPath", "configFilePath"];
    private static readonly IReadOnlyList<AppPlan> Apps = Resolve(Samples);

    [Fact]
    public void Samples_Apps_AreTheSystemsOwnAndTwoMore()
    {
        Assert.Empty(Samples.Warnings);
        Assert.Equal([.. System.Apps.Select(app => app.Text("appID")), "event-caller", "service-caller"], Apps.Select(app => app.AppId));
    }

    [Fact]
    public void Samples_TheSystemsApps_AreAsInDaprYaml()
    {
        foreach (var (here, there) in Apps.Zip(Resolve(System)))
        {
            Assert.Equal((there.AppId, there.Directory, there.Ports, there.ConfigPath), (here.AppId, here.Directory, here.Ports, here.ConfigPath));
            Assert.Equal(there.Command, here.Command);
            Assert.Equal(there.Env, here.Env);
            Assert.Equal(there.ResourcesPaths, here.ResourcesPaths);

            // Paths are spelled from the file's own folder; what they lead to has been compared.
            Assert.Equal(there.Settings.Where(setting => !Paths.Contains(setting.Key)), here.Settings.Where(setting => !Paths.Contains(setting.Key)));
        }
    }

    [Fact]
    public void Samples_Ports_AreAllDifferent()
    {
        int[] ports = [.. Apps.SelectMany(app => new[] { app.Ports.App, app.Ports.DaprHttp, app.Ports.DaprGrpc, app.Ports.Metrics })];
        Assert.DoesNotContain(0, ports);
        Assert.Equal(ports.Length, ports.Distinct().Count());
    }

    [Fact]
    public void Samples_EveryCommand_IsAProgramThatThisBuildMadeInAFolderOfItsOwn()
    {
        var runs = Apps.Select(app => DotnetRun.Parse(app.Command, app.Directory)!).ToList();
        Assert.All(runs, run => Assert.True(File.Exists(BuiltPrograms.OfThisBuild.OutputOf(run.Project)), run.Project));
        Assert.Equal(runs.Count, runs.Select(run => run.ArtifactsPath).Distinct().Count());
    }

    private static IReadOnlyList<AppPlan> Resolve(RunFileDocument file) => RunFileResolver.Resolve(file, Path.Combine(Path.GetTempPath(), "no dapr home"));
}
