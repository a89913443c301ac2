using System.Net;
using System.Net.Sockets;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;

namespace LlmDapr.Local.Tests.Ports;

public sealed class PortAssignmentTests : IDisposable
{
    private readonly PortReservations _reservations = new();

    [Fact]
    public void Assign_Declared_KeepsWhatIsSetAndFillsTheRest()
    {
        var app = _reservations.Reserve();
        var http = _reservations.Reserve();
        var ports = PortAssignment.Assign([TestPlans.App("a", new PortSet(app, http, 0, 0, 0, 0))], PortMode.Declared, _reservations)[0].Ports;

        Assert.Equal((app, http), (ports.App, ports.DaprHttp));
        Assert.All([ports.DaprGrpc, ports.Metrics, ports.InternalGrpc], port => Assert.True(port > 0));
        Assert.Equal(0, ports.Profile);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Assign_AppWithoutPort_GetsNone(bool free) =>
        Assert.Equal(0, PortAssignment.Assign([TestPlans.App("a")], free ? PortMode.Free : PortMode.Declared, _reservations)[0].Ports.App);

    [Fact]
    public void Assign_Free_MovesEveryPortAndWhatNamesIt()
    {
        var simulator = TestPlans.App("simulator", new PortSet(5090, 3520, 3521, 3522, 0, 0));
        var generation = TestPlans.App("generation", new PortSet(5081, 3510, 3511, 3512, 0, 0)) with
        {
            Env = new Dictionary<string, string> { ["Endpoint"] = "http://localhost:5090/v1", ["Other"] = "http://localhost:6379", ["Dapr"] = "127.0.0.1:3521" },
        };

        var apps = PortAssignment.Assign([simulator, generation], PortMode.Free, _reservations);

        int[] all = [.. apps.SelectMany(app => new[] { app.Ports.App, app.Ports.DaprHttp, app.Ports.DaprGrpc, app.Ports.Metrics, app.Ports.InternalGrpc })];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Empty(all.Intersect([5090, 3520, 3521, 3522, 5081, 3510, 3511, 3512]));
        Assert.Equal($"http://localhost:{apps[0].Ports.App}/v1", apps[1].Env["Endpoint"]);
        Assert.Equal("http://localhost:6379", apps[1].Env["Other"]);
        Assert.Equal($"127.0.0.1:{apps[0].Ports.DaprGrpc}", apps[1].Env["Dapr"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Assign_AppWithoutCommand_KeepsItsPortEvenWhileSomebodyListensThere(bool free)
    {
        using var listener = Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var theirs = TestPlans.App("theirs", new PortSet(port, 0, 0, 0, 0, 0)) with { Command = [] };
        var ours = TestPlans.App("ours") with { Env = new Dictionary<string, string> { ["PEER"] = $"http://localhost:{port}" } };

        var apps = PortAssignment.Assign([theirs, ours], free ? PortMode.Free : PortMode.Declared, _reservations);

        Assert.Equal(port, apps[0].Ports.App);
        Assert.Equal($"http://localhost:{port}", apps[1].Env["PEER"]);
    }

    [Fact]
    public void Assign_PortInUse_SaysWhichAndWhoWantsIt()
    {
        using var listener = Listen();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var failure = Assert.Throws<LocalFailure>(
            () => PortAssignment.Assign([TestPlans.App("edge", new PortSet(0, port, 0, 0, 0, 0))], PortMode.Declared, _reservations));

        Assert.Contains($"Port {port} is in use", failure.Message, StringComparison.Ordinal);
        Assert.Contains("daprHTTPPort of 'edge' (dapr.yaml line 9)", failure.Message, StringComparison.Ordinal);
        Assert.Contains("--ports free", failure.Message, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.Contains($"(pid {Environment.ProcessId})", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Assign_SamePortTwice_NamesBoth()
    {
        var port = _reservations.Reserve();
        AppPlan[] apps = [TestPlans.App("a", new PortSet(port, 0, 0, 0, 0, 0)), TestPlans.App("b", new PortSet(0, 0, 0, port, 0, 0))];

        var failure = Assert.Throws<LocalFailure>(() => PortAssignment.Assign(apps, PortMode.Declared, _reservations));

        Assert.Contains($"Port {port} is wanted twice: as appPort of 'a'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("metricsPort of 'b'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserve_TwoHolders_NeverShareAPort()
    {
        using var other = new PortReservations();
        var ports = Enumerable.Range(0, 40).SelectMany(_ => new[] { _reservations.Reserve(), other.Reserve() }).ToList();
        Assert.Equal(ports.Count, ports.Distinct().Count());
    }

    public void Dispose() => _reservations.Dispose();

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
