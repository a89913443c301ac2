using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmDapr.Local.Reaping;
using LlmDapr.Local.Running;

namespace LlmDapr.Local.Tests.Running;

/// <summary>Real processes. On Linux also what is left of them, which only <c>/proc</c> tells.</summary>
public sealed partial class RunnerTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly StandInSystem _system = new();

    [Fact]
    public async Task Run_AppsOfARunFile_GetEnvironmentDirectoryAndSidecar()
    {
        var port = _system.Add("one", null, ("PEER", "of one"));
        _system.Add("two");
        await using var runner = RunnerProcess.Start(_system.Folder, "--env", "FROM=all", "--app-env", "two:FROM=two");
        var report = await runner.ReadyAsync();

        var (one, two) = (report.Apps[0], report.Apps[1]);
        var self = await SelfAsync(one);
        var env = self.GetProperty("env");
        Assert.Equal(("daprd", port, runner.Id), (report.Sidecar, one.AppPort, report.RunnerPid));
        Assert.Equal(Path.Combine(_system.Folder, "one"), self.GetProperty("directory").GetString());
        Assert.Equal("an argument", self.GetProperty("args")[0].GetString());
        Assert.Equal(("one", $"{port}", $"{one.DaprHttpPort}"), (Text(env, "APP_ID"), Text(env, "APP_PORT"), Text(env, "DAPR_HTTP_PORT")));
        Assert.Equal(("of one", "all"), (Text(env, "PEER"), Text(env, "FROM")));
        Assert.Equal("two", Text((await SelfAsync(two)).GetProperty("env"), "FROM"));

        var sidecar = await Http.GetFromJsonAsync<JsonElement>(new Uri($"http://localhost:{one.DaprHttpPort}/self"), TestContext.Current.CancellationToken);
        Assert.Contains("--app-id", sidecar.GetProperty("args").EnumerateArray().Select(word => word.GetString()));
        Assert.Equal("all", Text(sidecar.GetProperty("env"), "FROM"));
        Assert.Contains("one      | stand-in app", runner.Output, StringComparison.Ordinal);
        Assert.Contains("stand-in app", await ReadSharedAsync(one.Log!), StringComparison.Ordinal);
        Assert.Contains("stand-in sidecar of one", await ReadSharedAsync(one.SidecarLog!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FromAnotherFolder_TakesTheNamedRunFile()
    {
        _system.Add("one");
        using var elsewhere = new TestFolder();
        await using var runner = RunnerProcess.Start(elsewhere.Path, "-f", _system.Folder);
        Assert.Equal("one", Assert.Single((await runner.ReadyAsync()).Apps).AppId);
    }

    [Fact]
    public async Task Run_TwoAtOnceOnFreePorts_DoNotMeet()
    {
        var port = _system.Add("one");
        _system.Add("two", null, ("PEER", $"http://localhost:{port}/v1"));
        await using var first = RunnerProcess.Start(_system.Folder, "--ports", "free");
        await using var second = RunnerProcess.Start(_system.Folder, "--ports", "free");
        RunReport[] reports = [await first.ReadyAsync(), await second.ReadyAsync()];

        int[] ports = [.. reports.SelectMany(report => report.Apps).SelectMany(app => new[] { app.AppPort, app.DaprHttpPort, app.DaprGrpcPort, app.MetricsPort })];
        Assert.Equal(ports.Length, ports.Distinct().Count());
        Assert.DoesNotContain(port, ports);
        foreach (var report in reports)
        {
            Assert.Equal($"http://localhost:{report.Apps[0].AppPort}/v1", Text((await SelfAsync(report.Apps[1])).GetProperty("env"), "PEER"));
        }
    }

    [Fact]
    public async Task Run_Scaled_HasEachReplicaWithASidecarOfItsOwnIdAndPorts()
    {
        var port = _system.Add("one");
        _system.Add("two");
        await using var runner = RunnerProcess.Start(_system.Folder, "--scale", "one=3", "--app-env", "one:OF=all");
        var report = await runner.ReadyAsync();

        Assert.Equal(["one", "one-2", "one-3", "two"], report.Apps.Select(app => app.Name));
        Assert.Equal(["one", "one", "one", "two"], report.Apps.Select(app => app.AppId));
        Assert.Equal(port, report.Apps[0].AppPort);
        int[] numbers = [.. report.Apps.SelectMany(app => new[] { app.Pid!.Value, app.SidecarPid, app.AppPort, app.DaprHttpPort, app.DaprGrpcPort, app.MetricsPort })];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        foreach (var app in report.Apps.Take(3))
        {
            var env = (await SelfAsync(app)).GetProperty("env");
            Assert.Equal(("one", $"{app.AppPort}", $"{app.DaprHttpPort}", "all"), (Text(env, "APP_ID"), Text(env, "APP_PORT"), Text(env, "DAPR_HTTP_PORT"), Text(env, "OF")));
            var sidecar = await Http.GetFromJsonAsync<JsonElement>(new Uri($"http://localhost:{app.DaprHttpPort}/self"), TestContext.Current.CancellationToken);
            var args = sidecar.GetProperty("args").EnumerateArray().Select(word => word.GetString()).ToList();
            Assert.Equal(("one", $"{app.AppPort}"), (args[args.IndexOf("--app-id") + 1], args[args.IndexOf("--app-port") + 1]));
        }

        Assert.Contains("one-3      | stand-in app", runner.Output, StringComparison.Ordinal);

        // One of them ends: it is named, and the others go on.
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => Http.GetStringAsync(new Uri($"http://localhost:{report.Apps[1].AppPort}/exit/3"), TestContext.Current.CancellationToken));
        await runner.UntilAsync(() => runner.Output.Contains("one-2 has ended (exit code 3)", StringComparison.Ordinal), "the end is told");
        Assert.True(RunnerProcess.IsAlive(report.Apps[2].Pid!.Value));
    }

    [Fact]
    public async Task Run_ScaledAppThatThereIsNot_SaysSoBeforeAnythingStarts()
    {
        _system.Add("one");
        await using var runner = RunnerProcess.Start(_system.Folder, "--scale", "two=2");

        Assert.Equal(1, await runner.ExitAsync());
        Assert.Contains("error: --scale names the app 'two', but the run file has only one.", runner.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stand-in app", runner.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_Asked_EndsEverythingInOrder(bool interrupt)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are not for Windows.");
        _system.Add("one", null, ("STANDIN_CHILD", "1"));
        _system.Add("two");
        await using var runner = RunnerProcess.Start(_system.Folder);
        var report = await runner.ReadyAsync();

        if (interrupt)
        {
            runner.Interrupt();
        }
        else
        {
            runner.Terminate();
        }

        Assert.Equal(0, await runner.ExitAsync());
        Assert.False(RunnerProcess.IsAlive(report.WatcherPid));
        AssertNothingIsLeft(report);
        Assert.DoesNotContain("has ended", runner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_AskedWhileStarting_EndsEverything()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what is left.");
        _system.Add("one", null, ("STANDIN_SILENT", "1"));
        await using var runner = RunnerProcess.Start(_system.Folder);
        await runner.UntilAsync(() => runner.Output.Contains("stand-in app", StringComparison.Ordinal), "the app has started");
        var app = Assert.Single(Children(runner.Id, TestPlaces.StandIn, "an argument"));
        var run = RunMarkerOf(app);

        runner.Interrupt();

        Assert.NotEqual(0, await runner.ExitAsync());
        Assert.Empty(run.Carriers());
        Assert.DoesNotContain("error", runner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ASidecarEnds_IsOneLine()
    {
        _system.Add("one");
        await using var runner = RunnerProcess.Start(_system.Folder);
        var report = await runner.ReadyAsync();

        using (var sidecar = System.Diagnostics.Process.GetProcessById(report.Apps[0].SidecarPid))
        {
            sidecar.Kill();
        }

        await runner.UntilAsync(() => runner.Output.Contains("one-dapr has ended", StringComparison.Ordinal), "the end is told");
        Assert.Contains("its apps have no sidecar now, and nothing is restarted", runner.Output, StringComparison.Ordinal);
        Assert.True(RunnerProcess.IsAlive(report.Apps[0].Pid!.Value));
    }

    [Fact]
    public async Task Stop_AskedTwice_DoesNotWaitForAStubbornApp()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Signals are not for Windows.");
        _system.Add("one", null, ("STANDIN_STUBBORN", "1"));
        await using var runner = RunnerProcess.Start(_system.Folder);
        var report = await runner.ReadyAsync();

        runner.Interrupt();
        await runner.UntilAsync(() => runner.Output.Contains("stopping", StringComparison.Ordinal), "it stops");
        Assert.True(RunnerProcess.IsAlive(report.Apps[0].Pid!.Value));
        runner.Interrupt();

        Assert.Equal(0, await runner.ExitAsync());
        AssertNothingIsLeft(report);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_Runner_LeavesNothing(bool watcherBefore)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what is left.");
        _system.Add("one", null, ("STANDIN_CHILD", "1"));
        _system.Add("two");
        await using var runner = RunnerProcess.Start(_system.Folder);
        var report = await runner.ReadyAsync();
        Assert.Equal(5, new RunMarker(report.RunId).Carriers().Count);

        if (watcherBefore)
        {
            var before = Watchers(report);
            LlmDapr.Local.Apps.Posix.Signal(report.WatcherPid, LlmDapr.Local.Apps.Posix.SigKill);
            await runner.UntilAsync(() => Watchers(report) is [var next] && next != before[0], "there is a new watcher");
        }

        runner.Kill();

        await runner.UntilAsync(() => new RunMarker(report.RunId).Carriers().Count == 0, "no process of the run is left");
        await runner.UntilAsync(() => Watchers(report).Count == 0, "the watcher has ended");
        Assert.All(report.Apps, app => Assert.False(RunnerProcess.IsAlive(app.Pid!.Value) || RunnerProcess.IsAlive(app.SidecarPid)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ended_AppWithAChildThatCarriesNoMark_TakesItAlong(bool kill)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only there an app leads a group.");
        _system.Add("one", null, ("STANDIN_BARE_CHILD", "1"));
        await using var runner = RunnerProcess.Start(_system.Folder);
        await runner.ReadyAsync();
        await runner.UntilAsync(() => BareChild().IsMatch(runner.Output), "the child has started");
        var child = int.Parse(BareChild().Match(runner.Output).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(RunnerProcess.IsAlive(child));

        if (kill)
        {
            runner.Kill();
        }
        else
        {
            runner.Interrupt();
        }

        await runner.UntilAsync(() => !RunnerProcess.IsAlive(child), "the child has ended");
    }

    [Fact]
    public async Task Killed_DotnetRun_StopsTheRunner()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only /proc tells what is left.");
        _system.Add("one");
        var project = Path.Combine(TestPlaces.Repository, "src", "LlmDapr.Local");
        await using var dotnet = RunnerProcess.StartProgram(_system.Folder, "dotnet", ["run", "--no-build", "-c", LlmDapr.Local.Apps.BuiltPrograms.OfThisBuild.Configuration, "--project", project, "--"]);
        var report = await dotnet.ReadyAsync();
        Assert.NotEqual(dotnet.Id, report.RunnerPid);

        dotnet.Kill();

        await dotnet.UntilNothingIsLeftAsync(report);
        await dotnet.UntilAsync(() => !RunnerProcess.IsAlive(report.RunnerPid), "the runner has ended");
    }

    [Fact]
    public async Task Run_AnAppEnds_IsOneLineAndTheOthersGoOn()
    {
        _system.Add("one");
        _system.Add("two");
        await using var runner = RunnerProcess.Start(_system.Folder);
        var report = await runner.ReadyAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => Http.GetStringAsync(new Uri($"http://localhost:{report.Apps[0].AppPort}/exit/3"), TestContext.Current.CancellationToken));
        await runner.UntilAsync(() => runner.Output.Contains("one has ended (exit code 3)", StringComparison.Ordinal), "the end is told");
        Assert.Equal("two", Text((await SelfAsync(report.Apps[1])).GetProperty("env"), "APP_ID"));
    }

    [Fact]
    public async Task Run_AnAppDiesAtStart_ShowsItsLastLinesAndStopsTheOthers()
    {
        var port = _system.Add("one");
        _system.Add("two", null, ("STANDIN_EXIT", "7"));
        await using var runner = RunnerProcess.Start(_system.Folder);

        Assert.Equal(1, await runner.ExitAsync());
        Assert.Contains("error: two ended at start (exit code 7). Its last lines:", runner.Output, StringComparison.Ordinal);
        Assert.Contains("    this is the last line", runner.Output, StringComparison.Ordinal);
        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("localhost", port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Run_PortInUse_SaysSoBeforeAnythingStarts()
    {
        _system.Add("one");
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, _system.Add("two"));
        listener.Start();
        await using var runner = RunnerProcess.Start(_system.Folder);

        Assert.Equal(1, await runner.ExitAsync());
        Assert.Contains("is in use", runner.Output, StringComparison.Ordinal);
        Assert.Contains("appPort of 'two'", runner.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stand-in app", runner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProgramMissing_SaysSoBeforeAnythingStarts()
    {
        _system.Add("one");
        _system.Add("two", "no-such-program");
        await using var runner = RunnerProcess.Start(_system.Folder);

        Assert.Equal(1, await runner.ExitAsync());
        Assert.Contains("wants to run 'no-such-program'", runner.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stand-in app", runner.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NeverReady_SaysWhatIsMissing()
    {
        _system.Add("one");
        _system.Add("two", null, ("STANDIN_SILENT", "1"));
        await using var runner = RunnerProcess.Start(_system.Folder, "--timeout", "3");

        Assert.Equal(1, await runner.ExitAsync());
        Assert.Contains("two does not listen on its port", runner.Output, StringComparison.Ordinal);
        Assert.Contains("--timeout", runner.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _system.Dispose();

    [GeneratedRegex(@"bare child (\d+) \.")]
    private static partial Regex BareChild();

    private static void AssertNothingIsLeft(RunReport report)
    {
        Assert.All(report.Apps, app => Assert.False(RunnerProcess.IsAlive(app.Pid!.Value) || RunnerProcess.IsAlive(app.SidecarPid)));
        Assert.Empty(new RunMarker(report.RunId).Carriers());
    }

    /// <summary>The watchers of a run, by their command line: they do not carry its mark.</summary>
    private static IReadOnlyList<int> Watchers(RunReport report) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && CommandLine(id) is var words && words.Contains(Reaper.CommandName) && words.Contains(report.RunId) && !words[0].EndsWith("setsid", StringComparison.Ordinal))];

    private static List<int> Children(int parent, params string[] words) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? id : 0)
            .Where(id => id > 0 && CommandLine(id) is var line && words.All(line.Contains) && !line[0].EndsWith("setsid", StringComparison.Ordinal) && ParentOf(id) == parent)];

    private static int ParentOf(int id) =>
        int.Parse(File.ReadAllText($"/proc/{id}/stat").Split(") ")[1].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static RunMarker RunMarkerOf(int id) =>
        new(File.ReadAllText($"/proc/{id}/environ").Split('\0').Single(entry => entry.StartsWith(RunMarker.Variable + "=", StringComparison.Ordinal))[(RunMarker.Variable.Length + 1)..]);

    private static string[] CommandLine(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
        }
        catch (IOException)
        {
            return [""];
        }
    }

    private static async Task<JsonElement> SelfAsync(AppReport app) =>
        await Http.GetFromJsonAsync<JsonElement>(new Uri($"http://localhost:{app.AppPort}/self"), TestContext.Current.CancellationToken);

    private static string? Text(JsonElement map, string name) => map.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static async Task<string> ReadSharedAsync(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
