using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.Scaling;

namespace LlmDapr.Local.Tests.Scaling;

public sealed class ReplicaCountsTests : IDisposable
{
    private readonly PortReservations _reservations = new();

    [Theory]
    [InlineData("generation")]
    [InlineData("=3")]
    [InlineData("generation=")]
    [InlineData("generation=three")]
    [InlineData("generation=0")]
    [InlineData("generation=-1")]
    [InlineData("generation=17")]
    [InlineData("generation=1.5")]
    public void Parse_OtherForms_SayHowToWriteIt(string text)
    {
        var failure = Assert.Throws<LocalFailure>(() => ReplicaCounts.Parse([text]));
        Assert.Contains($"--scale {text}: write --scale APP=N with N from 1 to 16", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OneAppTwice_IsRefused() =>
        Assert.Contains("names 'a' twice", Assert.Throws<LocalFailure>(() => ReplicaCounts.Parse(["a=2", "a=3"])).Message, StringComparison.Ordinal);

    [Fact]
    public void Check_AppThatTheFileHasNot_NamesThoseThatItHas() =>
        Assert.Contains("names the app 'c', but the run file has only a, b", Check("c=2", "a", "b"), StringComparison.Ordinal);

    [Fact]
    public void Check_AppThatTheFileHasTwice_IsRefused() => Assert.Contains("which the run file itself has 2 times", Check("a=2", "a", "a"), StringComparison.Ordinal);

    [Fact]
    public void Check_ReplicaNamedLikeAnotherApp_IsRefused() => Assert.Contains("'a-2', which is an app of its own (dapr.yaml line 9)", Check("a=3", "a", "a-2"), StringComparison.Ordinal);

    [Fact]
    public void Check_AppWithoutACommand_IsRefused()
    {
        var theirs = TestPlans.App("a") with { Command = [] };
        var failure = Assert.Throws<LocalFailure>(() => ReplicaCounts.Parse(["a=2"]).Check([theirs]));
        Assert.Contains("which has no command (dapr.yaml line 9)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_AppsThatAreThere_IsFine()
    {
        ReplicaCounts.Parse(["a=1", "b=16"]).Check([TestPlans.App("a"), TestPlans.App("b"), TestPlans.App("b-17")]);
        ReplicaCounts.None.Check([]);
    }

    [Fact]
    public void Expand_ThreeOfAnApp_FirstKeepsItsPortsAndTheOthersGetFreeOnes()
    {
        var a = TestPlans.App("a", new PortSet(5080, 3500, 3501, 3502, 3503, 0));
        var b = TestPlans.App("b", new PortSet(5081, 3510, 3511, 3512, 3513, 0));

        var apps = ReplicaCounts.Parse(["a=3"]).Expand([a, b], _reservations);

        Assert.Equal(["a", "a-2", "a-3", "b"], apps.Select(app => app.Name));
        Assert.Equal(["a", "a", "a", "b"], apps.Select(app => app.AppId));
        Assert.Equal((a.Ports, b.Ports), (apps[0].Ports, apps[3].Ports));
        int[] ports = [.. apps.SelectMany(app => new[] { app.Ports.App, app.Ports.DaprHttp, app.Ports.DaprGrpc, app.Ports.Metrics, app.Ports.InternalGrpc })];
        Assert.DoesNotContain(0, ports);
        Assert.Equal(ports.Length, ports.Distinct().Count());
    }

    [Fact]
    public void Expand_EnvironmentWithTheAppsOwnPort_FollowsIt()
    {
        var a = TestPlans.App("a", new PortSet(5080, 3500, 3501, 3502, 3503, 0)) with
        {
            Env = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://localhost:5080", ["PEER"] = "http://localhost:5090/v1" },
        };

        var second = ReplicaCounts.Parse(["a=2"]).Expand([a], _reservations)[1];

        Assert.Equal($"http://localhost:{second.Ports.App}", second.Env["ASPNETCORE_URLS"]);
        Assert.Equal("http://localhost:5090/v1", second.Env["PEER"]);
    }

    [Fact]
    public void Expand_AppThatListensNowhere_StaysSo() =>
        Assert.All(ReplicaCounts.Parse(["a=2"]).Expand([TestPlans.App("a")], _reservations), app => Assert.Equal(0, app.Ports.App));

    public void Dispose() => _reservations.Dispose();

    private static string Check(string scale, params string[] ids) =>
        Assert.Throws<LocalFailure>(() => ReplicaCounts.Parse([scale]).Check([.. ids.Select(id => TestPlans.App(id))])).Message;
}
