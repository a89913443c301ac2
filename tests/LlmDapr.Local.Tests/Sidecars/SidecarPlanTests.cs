using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Sidecars;
using YamlDotNet.RepresentationModel;

namespace LlmDapr.Local.Tests.Sidecars;

public sealed class SidecarPlanTests : IDisposable
{
    private static readonly PortSet Ports = new(5080, 3500, 3501, 3502, 3503, 0);

    private readonly TestFolder _folder = new();

    [Fact]
    public void Of_App_AreTheFlagsOfTheDaprCli()
    {
        var app = TestPlans.App("edge", Ports) with
        {
            ResourcesPaths = ["/a", "/b"],
            Settings = new Dictionary<string, string> { ["maxBodySize"] = "16Mi", ["enableAppHealthCheck"] = "true", ["appHealthProbeInterval"] = "3" },
        };
        Assert.Equal(
            "--app-id edge --app-protocol http --app-port 5080 --dapr-http-port 3500 --dapr-grpc-port 3501 --dapr-internal-grpc-port 3503 --metrics-port 3502 --profile-port -1 "
            + "--app-max-concurrency -1 --max-body-size 16Mi --read-buffer-size 4Ki --app-health-probe-interval 3 --enable-app-health-check "
            + "--resources-path /a --resources-path /b --config /c.yaml --placement-host-address  --scheduler-host-address ",
            string.Join(' ', DaprdArguments.Of(app, "/c.yaml")));
    }

    [Fact]
    public void Daprd_SeveralApps_HaveOneProcessEachThatFindsTheOthersWithoutMulticast()
    {
        var original = _folder.Write("components/configuration.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: x }\nspec:\n  tracing: { samplingRate: \"1\" }\n");
        AppPlan[] apps = [TestPlans.App("a", Ports) with { ConfigPath = original }, TestPlans.App("b", Ports)];

        var launches = SidecarPlan.Daprd("/bin/daprd", apps, _folder.Path, new Dictionary<string, string> { ["TOKEN"] = "t" });

        Assert.Equal(2, launches.Count);
        Assert.All(launches, launch => Assert.Equal(("/bin/daprd", "t"), (launch.Spec.Program, launch.Spec.Env["TOKEN"])));
        var configurations = launches.Select(launch => Load(launch.Spec.Arguments[launch.Spec.Arguments.ToList().IndexOf("--config") + 1])).ToList();
        Assert.Equal("1", configurations[0]["spec"]["tracing"]["samplingRate"]);
        var names = configurations.Select(configuration => configuration["spec"]["nameResolution"]).ToList();
        Assert.All(names, resolution => Assert.Equal("sqlite", resolution["component"]));
        Assert.Equal(names[0]["configuration"]["connectionString"], names[1]["configuration"]["connectionString"]);
    }

    [Fact]
    public void Derive_NamesAlreadyResolved_LeavesTheFileAlone()
    {
        var original = _folder.Write("c.yaml", "kind: Configuration\nspec:\n  nameResolution: { component: consul }\n");
        Assert.Equal(original, DaprdConfiguration.Derive(original, _folder.Path, "edge"));
    }

    [Fact]
    public void Embedded_SeveralAppsAndReplicas_ShareOneProcessAndOneFile()
    {
        var assembly = _folder.Write("LlmDapr.Sidecar.dll", "");
        AppPlan[] apps = [TestPlans.App("a", Ports), TestPlans.App("b", Ports), TestPlans.App("a", Ports) with { Name = "a-2" }];

        var launch = Assert.Single(SidecarPlan.Embedded(assembly, apps, _folder.Path, "/data/my.db", new Dictionary<string, string>()));

        Assert.Equal(["a", "b", "a-2"], launch.Serves.Select(app => app.Name));
        var arguments = launch.Spec.Arguments.SkipWhile(word => word != "--data-file").ToList();
        Assert.Equal(["--data-file", "/data/my.db", "--app-id"], arguments.Take(3));
        Assert.Equal(["a", "b", "a"], arguments.Zip(arguments.Skip(1)).Where(pair => pair.First == "--app-id").Select(pair => pair.Second));
    }

    public void Dispose() => _folder.Dispose();

    private static YamlNode Load(string path)
    {
        using var reader = new StreamReader(path);
        var stream = new YamlStream();
        stream.Load(reader);
        return stream.Documents[0].RootNode;
    }
}
