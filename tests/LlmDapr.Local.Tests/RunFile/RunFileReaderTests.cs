using LlmDapr.Local.Output;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.RunFile;

public sealed class RunFileReaderTests
{
    [Fact]
    public void Parse_WholeFile_KeepsValuesWithTheirLines()
    {
        var file = Parse("""
            version: 1
            common:
              resourcesPaths: [./components, ./more]
              resourcesPath: ./old
              env: { LOG: "1", EMPTY: }
            apps:
              - appDirPath: ./src/Edge
                appPort: 5080
                command: ["dotnet", "run", "--", "a b"]
                env:
                  PORT: 7
            """);

        Assert.Equal(["./components", "./more", "./old"], file.Common.ResourcesPaths.Select(path => path.Text));
        Assert.Equal("", file.Common.Env["EMPTY"].Text);
        var app = Assert.Single(file.Apps);
        Assert.Equal(5080, app.Port("appPort"));
        Assert.Equal(8, app.LineOf("appPort"));
        Assert.Equal(["dotnet", "run", "--", "a b"], app.Command.Select(word => word.Text));
        Assert.Equal(new LocatedText("7", 11), app.Env["PORT"]);
        Assert.Empty(file.Warnings);
    }

    [Theory]
    [InlineData("", "dapr.yaml is empty. It needs 'version: 1'")]
    [InlineData("apps:\n  - appDirPath: .", "has no 'version'. Write 'version: 1'")]
    [InlineData("version: 1", "names no apps")]
    [InlineData("version: 1\napps: []", "names no apps")]
    [InlineData("version: one\napps: []", "dapr.yaml line 1: 'version' must be a whole number, not 'one'")]
    [InlineData("- version: 1", "dapr.yaml line 1: the file must hold 'key: value' lines")]
    [InlineData("version: 1\napps:\n  edge: {}", "dapr.yaml line 3: 'apps' must be a list")]
    [InlineData("version: 1\napps:\n  - edge", "dapr.yaml line 3: 'apps[0]' must hold 'key: value' lines")]
    [InlineData("version: 1\napps:\n  - appPort: http", "dapr.yaml line 3: 'apps[0].appPort' must be a whole number, not 'http'")]
    [InlineData("version: 1\napps:\n  - appPort: 65536", "dapr.yaml line 3: 'apps[0].appPort' must be a TCP port (1 to 65535), not 65536")]
    [InlineData("version: 1\ncommon:\n  enableApiLogging: yes please", "dapr.yaml line 3: 'common.enableApiLogging' must be true or false")]
    [InlineData("version: 1\ncommon:\n  appLogDestination: screen", "dapr.yaml line 3: 'common.appLogDestination' must be file, console or fileAndConsole")]
    [InlineData("version: 1\napps:\n  - command: dotnet run", "dapr.yaml line 3: 'apps[0].command' must be a list, such as [\"dotnet\", \"run\"]")]
    [InlineData("version: 1\napps:\n  - appID: [a]", "dapr.yaml line 3: 'apps[0].appID' must be a single value")]
    [InlineData("version: 1\napps:\n  - appID: a\n  appPort: 1", "dapr.yaml line 4: is not valid YAML")]
    [InlineData("version: 1\napps:\n  - appID: \"a", "is not valid YAML")]
    [InlineData("version: 1\nversion: 1\napps: []", "dapr.yaml line 2: is not valid YAML")]
    public void Parse_BadFile_NamesLineAndRemedy(string yaml, string expected)
    {
        var failure = Assert.Throws<LocalFailure>(() => Parse(yaml));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_UnknownKeys_AreWarningsWithLines()
    {
        var file = Parse("""
            version: 1
            color: red
            common:
              appPort: 1
            apps:
              - appDirPath: .
                daprHttpPort: 3500
            """);

        Assert.Collection(
            file.Warnings,
            warning => Assert.StartsWith("dapr.yaml line 2: 'color' is not a key", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("dapr.yaml line 4: 'appPort' of common is not a key", warning, StringComparison.Ordinal),
            warning =>
            {
                Assert.StartsWith("dapr.yaml line 7: 'daprHttpPort' of apps[0] is not a key", warning, StringComparison.Ordinal);
                Assert.EndsWith("Did you mean 'daprHTTPPort'?", warning, StringComparison.Ordinal);
            });
    }

    [Fact]
    public void Parse_AnchorsAndMergeKeys_AreFollowed()
    {
        var file = Parse("""
            version: 1
            apps:
              - &app
                appDirPath: ./one
                appPort: 1
              - <<: *app
                appPort: 2
            """);

        Assert.Equal("./one", file.Apps[1].Text("appDirPath"));
        Assert.Equal(2, file.Apps[1].Port("appPort"));
    }

    [Fact]
    public void Read_MissingFile_SaysSo()
    {
        var failure = Assert.Throws<LocalFailure>(() => RunFileReader.Read(Path.Combine(Path.GetTempPath(), "no such folder", "dapr.yaml")));
        Assert.Contains("cannot be read", failure.Message, StringComparison.Ordinal);
    }

    private static RunFileDocument Parse(string yaml) => RunFileReader.Parse("/somewhere/dapr.yaml", yaml);
}
