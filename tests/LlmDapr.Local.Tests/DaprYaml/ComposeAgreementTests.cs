using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Local.RunFile;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.Tests.DaprYaml;

/// <summary><c>docker-compose.yml</c>, <c>dapr.yaml</c> and the constants in Contracts say the same.</summary>
public sealed class ComposeAgreementTests
{
    private static readonly YamlMappingNode Services = (YamlMappingNode)Read("docker-compose.yml")["services"];

    public static TheoryData<string> AppsOfContracts => [AppIds.Edge, AppIds.Generation, AppIds.Simulator];

    [Fact]
    public void Compose_Services_AreTheAppsASidecarForEachAndRedis() =>
        Assert.Equal(
            new[] { AppIds.Edge, AppIds.Generation, AppIds.Simulator }.SelectMany(id => new[] { id, $"{id}-dapr" }).Append("redis").Order(),
            Services.Children.Keys.Select(key => key.ToString()).Order());

    [Theory]
    [InlineData(AppIds.Edge)]
    [InlineData(AppIds.Generation)]
    public void Compose_SidecarWithComponents_WaitsForRedisAndKnowsWhereItIs(string id)
    {
        var sidecar = (YamlMappingNode)Services[$"{id}-dapr"];
        Assert.Equal("redis:6379", sidecar["environment"]["REDIS_HOST"].ToString());
        Assert.Equal("service_healthy", sidecar["depends_on"]["redis"]["condition"].ToString());
        Assert.Contains(id, ((YamlMappingNode)sidecar["depends_on"]).Children.Keys.Select(key => key.ToString()));
    }

    [Fact]
    public void Compose_Redis_KeepsItsDataAndSaysWhenItIsReady()
    {
        var redis = (YamlMappingNode)Services["redis"];
        var volume = Assert.Single(Texts(redis["volumes"])).Split(':')[0];
        Assert.Contains(volume, ((YamlMappingNode)Read("docker-compose.yml")["volumes"]).Children.Keys.Select(key => key.ToString()));
        Assert.Equal(["redis-server", "--appendonly", "yes"], Texts(redis["command"]).Take(3));
        Assert.Equal(["CMD", "redis-cli", "ping"], Texts(redis["healthcheck"]["test"]));
    }

    [Theory]
    [MemberData(nameof(AppsOfContracts))]
    public void Compose_Sidecar_HasTheIdsPortsAndLimitsOfContracts(string id)
    {
        var ports = PortsOf(id);
        var sidecar = (YamlMappingNode)Services[$"{id}-dapr"];
        var command = Texts(sidecar["command"]);

        Assert.Equal($"service:{id}", sidecar["network_mode"].ToString());
        Assert.Equal(
            [
                $"--app-id={id}", $"--app-port={Text(ports.App)}", $"--dapr-http-port={Text(ports.DaprHttp)}", $"--dapr-grpc-port={Text(ports.DaprGrpc)}",
                $"--metrics-port={Text(ports.DaprMetrics)}", "--max-body-size=16Mi", "--resources-path=/components", "--config=/components/configuration.yaml",
                "--placement-host-address=", "--scheduler-host-address=",
            ],
            command.Skip(1));
    }

    [Theory]
    [MemberData(nameof(AppsOfContracts))]
    public void Compose_App_ListensWhereItsSidecarLooksAndFindsIt(string id)
    {
        var ports = PortsOf(id);
        var environment = (YamlMappingNode)Services[id]["environment"];

        Assert.Equal($"http://0.0.0.0:{Text(ports.App)}", environment["ASPNETCORE_URLS"].ToString());
        Assert.Equal(Text(ports.DaprHttp), environment["DAPR_HTTP_PORT"].ToString());
        Assert.Equal(Text(ports.DaprGrpc), environment["DAPR_GRPC_PORT"].ToString());
        var project = Services[id]["build"]["args"]["PROJECT"].ToString();
        Assert.True(File.Exists(Path.Combine(TestPlaces.Repository, "src", project, $"{project}.csproj")), project);
        Assert.True(File.Exists(Path.Combine(TestPlaces.Repository, Services[id]["build"]["dockerfile"].ToString())));
    }

    [Fact]
    public void Compose_Generation_HasTheModelsOfDaprYaml()
    {
        var generation = RunFileResolver
            .Resolve(RunFileReader.Read(Path.Combine(TestPlaces.Repository, RunFileLocator.FileName)), Path.GetTempPath())
            .Single(app => app.AppId == AppIds.Generation);
        var environment = (YamlMappingNode)Services[AppIds.Generation]["environment"];

        // Only the simulator's host differs: a container has a name of its own.
        Assert.All(generation.Env, pair => Assert.Equal(pair.Value.Replace("localhost", AppIds.Simulator, StringComparison.Ordinal), environment[pair.Key].ToString()));
    }

    [Fact]
    public void Compose_DaprImage_IsPinned()
    {
        var image = ((YamlMappingNode)Read("docker-compose.yml")["x-daprd"])["image"].ToString();
        Assert.Equal("daprio/daprd:1.19.0", image);
    }

    private static AppPorts PortsOf(string id) => id switch { AppIds.Edge => AppPorts.Edge, AppIds.Generation => AppPorts.Generation, _ => AppPorts.Simulator };

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static IEnumerable<string> Texts(YamlNode list) => RepositoryYaml.Texts(list);

    private static YamlMappingNode Read(string file) => RepositoryYaml.Read(file);
}
