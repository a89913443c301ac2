using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.Hosting;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--app-id", "edge", "--app-port", "5080", "--max-body-size", "16Mi")]
    [InlineData("--app-id=edge", "--app-port=5080", "--max-body-size=16Mi")]
    [InlineData("-app-id", "edge", "-app-port=5080", "-max-body-size", "16Mi")]
    public void Parse_AnyFormOfAFlag_IsRead(params string[] args)
    {
        var options = Assert.Single(Parse(args).Sidecars);

        Assert.Equal(("edge", 5080, 16777216L), (options.AppId, options.AppPort, options.MaxBodySize));
    }

    [Fact]
    public void Parse_FurtherAppId_StartsAnotherSidecar()
    {
        var line = Parse("--app-id", "edge", "--dapr-http-port", "3500", "--app-id", "generation", "--dapr-http-port", "3510", "--resources-path", "a", "--resources-path", "b");

        Assert.Equal([("edge", 3500), ("generation", 3510)], line.Sidecars.Select(one => (one.AppId, one.HttpPort)));
        Assert.Equal(["a", "b"], line.Sidecars[1].ResourcesPaths);
        Assert.Empty(line.Sidecars[0].ResourcesPaths);
    }

    [Fact]
    public void Parse_NothingButAnId_HasDaprdsDefaults()
    {
        var options = Assert.Single(Parse("--app-id", "a").Sidecars);

        Assert.Equal(new SidecarOptions { AppId = "a", ResourcesPaths = options.ResourcesPaths, ListenAddresses = options.ListenAddresses }, options);
        Assert.Equal((0, 0, 4 * 1024 * 1024L, 4096, -1), (options.AppPort, options.HttpPort, options.MaxBodySize, options.ReadBufferSize, options.AppMaxConcurrency));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500), 3), (options.AppHealthProbeInterval, options.AppHealthProbeTimeout, options.AppHealthThreshold));
        Assert.Equal(["127.0.0.1"], options.ListenAddresses);
    }

    [Theory]
    [InlineData(true, "--enable-app-health-check")]
    [InlineData(true, "--enable-app-health-check=true")]
    [InlineData(false, "--enable-app-health-check=false")]
    [InlineData(false, "--enable-app-health-check", "false")]
    public void Parse_Switch_NeedsNoValue(bool on, params string[] args) =>
        Assert.Equal(on, Assert.Single(Parse(["--app-id", "a", .. args, "--app-port", "1"]).Sidecars).EnableAppHealthCheck);

    [Fact]
    public void Parse_FlagWithoutAMeaningHere_IsNamedOnce()
    {
        var line = Parse("--app-id", "a", "--placement-host-address", "", "--app-id", "b", "--placement-host-address", "x", "--allowed-origins", "*");

        Assert.Equal(["placement-host-address", "allowed-origins"], line.Ignored);
    }

    [Theory]
    [InlineData("--data-file", "a.db", "--app-id", "a")]
    [InlineData("--app-id", "a", "--data-file=a.db")]
    public void Parse_DataFile_IsTheWholeProcesss(params string[] args) => Assert.Equal("a.db", Parse(args).DataFile);

    [Fact]
    public void Parse_NoDataFile_IsNone() => Assert.Null(Parse("--app-id", "a").DataFile);

    [Fact]
    public void Parse_EmptyDataFile_SaysWhatToDo() =>
        Assert.Contains("name a file, or leave the flag out", Assert.Throws<UsageException>(() => Parse("--app-id", "a", "--data-file", "")).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Namespace_MayBeOneApps()
    {
        var environment = new Dictionary<string, string> { ["NAMESPACE__b"] = "prod" };
        var line = CommandLine.Parse(["--app-id", "a", "--app-id", "b"], environment.GetValueOrDefault);

        Assert.Equal([null, "prod"], line.Sidecars.Select(options => options.AppNamespace));
    }

    [Fact]
    public void Parse_TheSameIdTwice_AreTwoReplicas()
    {
        var line = Parse("--app-id", "a", "--app-port", "5081", "--app-id", "a", "--app-port", "5082");

        Assert.Equal([("a", 5081), ("a", 5082)], line.Sidecars.Select(one => (one.AppId, one.AppPort)));
    }

    [Fact]
    public void Parse_Tokens_ComeFromTheEnvironmentAndMayBeOneApps()
    {
        var environment = new Dictionary<string, string>
        {
            ["DAPR_API_TOKEN"] = "all", ["DAPR_API_TOKEN__b"] = "only-b", ["APP_API_TOKEN__a"] = "to-a", ["DAPR_API_TOKEN__c"] = "",
        };

        var line = CommandLine.Parse(["--app-id", "a", "--app-id", "b", "--app-id", "c"], environment.GetValueOrDefault);

        Assert.Equal([("all", "to-a"), ("only-b", null), (null, null)], line.Sidecars.Select(one => (one.DaprApiToken, one.AppApiToken)));
    }

    [Theory]
    [InlineData("No --app-id was given")]
    [InlineData("Unknown flag --app-prot", "--app-id", "a", "--app-prot", "5")]
    [InlineData("Flag --app-port needs a value", "--app-id", "a", "--app-port")]
    [InlineData("Flag --app-port has the value 'x'; it must be a whole number from 0 to 65535", "--app-id", "a", "--app-port", "x")]
    [InlineData("Flag --app-port has the value '70000'", "--app-id", "a", "--app-port", "70000")]
    [InlineData("Flag --max-body-size has the value '4MB'; it must be a quantity of bytes", "--app-id", "a", "--max-body-size", "4MB")]
    [InlineData("Flag --app-protocol has the value 'grpc'", "--app-id", "a", "--app-protocol", "grpc")]
    [InlineData("Flag --log-level has the value 'loud'", "--app-id", "a", "--log-level", "loud")]
    [InlineData("comes before any --app-id", "--app-port", "1", "--app-id", "a")]
    [InlineData("--app-id is empty", "--app-id", "")]
    [InlineData("'edge' is no flag", "edge")]
    [InlineData("is longer than --app-health-probe-interval", "--app-id", "a", "--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-probe-timeout", "1500")]
    public void Parse_BadArguments_SayWhatToChange(string message, params string[] args) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Parse(args)).Message, StringComparison.Ordinal);

    private static CommandLineResult Parse(params string[] args) => CommandLine.Parse(args, _ => null);
}
