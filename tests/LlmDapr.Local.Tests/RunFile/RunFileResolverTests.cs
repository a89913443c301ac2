using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.RunFile;

public sealed class RunFileResolverTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public RunFileResolverTests() => _folder.Make("app");

    [Fact]
    public void Resolve_AppAndCommonSayTheSame_AppWins()
    {
        var app = ResolveOne("""
            version: 1
            common:
              logLevel: info
              maxBodySize: 16Mi
              appProtocol: http
              appLogDestination: console
              env: { A: common, B: common }
            apps:
              - appDirPath: ./app
                logLevel: debug
                appLogDestination: file
                env: { B: app, C: app }
            """);

        Assert.Equal("debug", app.Setting("logLevel"));
        Assert.Equal("16Mi", app.Setting("maxBodySize"));
        Assert.Equal(LogDestination.File, app.AppLog);
        Assert.Equal(LogDestination.File, app.SidecarLog);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "common", ["B"] = "app", ["C"] = "app" }, app.Env);
    }

    [Fact]
    public void Resolve_AppSaysFalse_CommonWinsAsInTheDaprCli()
    {
        var app = ResolveOne("""
            version: 1
            common: { enableApiLogging: true, appHealthThreshold: 5 }
            apps:
              - { appDirPath: ./app, enableApiLogging: false, appHealthThreshold: 0 }
            """);

        Assert.Equal("true", app.Setting("enableApiLogging"));
        Assert.Equal("5", app.Setting("appHealthThreshold"));
    }

    [Fact]
    public void Resolve_NoAppId_TakesTheFolderName()
    {
        var app = ResolveOne("version: 1\napps:\n  - appDirPath: ./app/");
        Assert.Equal("app", app.AppId);
        Assert.Equal(Path.Combine(_folder.Path, "app"), app.Directory);
        Assert.Equal(LogDestination.FileAndConsole, app.AppLog);
        Assert.Equal("http", app.Protocol);
    }

    [Fact]
    public void Resolve_SameAppIdTwice_GetsDistinctNames()
    {
        var apps = Resolve("version: 1\napps:\n  - { appDirPath: ./app, appID: w }\n  - { appDirPath: ./app, appID: w }");
        Assert.Equal(["w", "w"], apps.Select(app => app.AppId));
        Assert.Equal(["w", "w-2"], apps.Select(app => app.Name));
    }

    [Theory]
    [InlineData(new[] { "app/own", "app/.dapr/resources", "common", "home/components" }, "app/own")]
    [InlineData(new[] { "app/.dapr/resources", "common", "home/components" }, "app/.dapr/resources")]
    [InlineData(new[] { "common", "home/components" }, "common")]
    [InlineData(new[] { "home/components" }, "home/components")]
    [InlineData(new string[0], null)]
    public void Resolve_Resources_FollowTheOrderOfTheDaprCli(string[] existing, string? expected)
    {
        foreach (var path in existing)
        {
            _folder.Make(path);
        }

        var common = existing.Contains("common") ? "\ncommon: { resourcesPaths: [./common] }" : "";
        var own = existing.Contains("app/own") ? ", resourcesPaths: [./own]" : "";
        var app = ResolveOne($"version: 1{common}\napps:\n  - {{ appDirPath: ./app{own} }}");
        Assert.Equal(expected is null ? [] : [Path.Combine(_folder.Path, expected)], app.ResourcesPaths);
    }

    [Theory]
    [InlineData(new[] { "app/own.yaml", "app/.dapr/config.yaml", "common.yaml", "home/config.yaml" }, "app/own.yaml")]
    [InlineData(new[] { "app/.dapr/config.yaml", "common.yaml", "home/config.yaml" }, "app/.dapr/config.yaml")]
    [InlineData(new[] { "common.yaml", "home/config.yaml" }, "common.yaml")]
    [InlineData(new[] { "home/config.yaml" }, "home/config.yaml")]
    [InlineData(new string[0], null)]
    public void Resolve_Configuration_FollowsTheOrderOfTheDaprCli(string[] existing, string? expected)
    {
        foreach (var path in existing)
        {
            _folder.Write(path, "");
        }

        var common = existing.Contains("common.yaml") ? "\ncommon: { configFilePath: ./common.yaml }" : "";
        var own = existing.Contains("app/own.yaml") ? ", configFilePath: ./own.yaml" : "";
        var app = ResolveOne($"version: 1{common}\napps:\n  - {{ appDirPath: ./app{own} }}");
        Assert.Equal(expected is null ? null : Path.Combine(_folder.Path, expected), app.ConfigPath);
    }

    [Theory]
    [InlineData("apps:\n  - appID: edge", "dapr.yaml line 3: 'apps[0]' has no 'appDirPath'")]
    [InlineData("apps:\n  - appDirPath: ./gone", "dapr.yaml line 3: the folder of 'apps[0].appDirPath' does not exist")]
    [InlineData("apps:\n  - appDirPath: ./app\n    resourcesPaths: [./gone]", "dapr.yaml line 4: the folder of 'apps[0].resourcesPaths' does not exist")]
    [InlineData("apps:\n  - appDirPath: ./app\ncommon:\n  resourcesPaths:\n    - ./gone", "dapr.yaml line 6: the folder of 'common.resourcesPaths' does not exist")]
    [InlineData("apps:\n  - appDirPath: ./app\ncommon:\n  configFilePath: ./gone.yaml", "dapr.yaml line 5: the file of 'common.configFilePath' does not exist")]
    public void Resolve_PathMissing_NamesLineAndPath(string yaml, string expected)
    {
        var failure = Assert.Throws<LocalFailure>(() => Resolve("version: 1\n" + yaml));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private AppPlan ResolveOne(string yaml) => Assert.Single(Resolve(yaml));

    private IReadOnlyList<AppPlan> Resolve(string yaml) =>
        RunFileResolver.Resolve(RunFileReader.Parse(Path.Combine(_folder.Path, "dapr.yaml"), yaml), Path.Combine(_folder.Path, "home"));
}
