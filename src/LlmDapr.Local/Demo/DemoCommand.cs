using LlmDapr.Contracts;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Running;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Demo;

/// <summary>The <c>demo</c> command: many prompts at once through the whole system, with the simulator as the only provider: first as it is at its best, then at its worst, while work goes on that nobody waits for.</summary>
internal static class DemoCommand
{
    /// <summary>The default of <c>--requests</c>.</summary>
    public const int DefaultRequests = 200;

    /// <summary>About as fast as a small hosted model: 0.3 s to the first token, then 50 words a second.</summary>
    private const string Model = "sim?ttft=300ms&tps=50&words=60&jitter=0.2";

    /// <summary>As fast as the simulator can: only for letting every process warm up.</summary>
    private const string QuickModel = "sim?ttft=0ms&tps=0&words=60";

    /// <summary>One job and one event for so many prompts.</summary>
    private const int BackgroundShare = 10;

    private const int Interrupted = 130;

    /// <summary>Runs it, and gives the exit code: 0 only when every answer was complete and right.</summary>
    public static async Task<int> RunAsync(int requests, SidecarMode sidecar, string? runFile, RunOutput output, TimeProvider time)
    {
        using var signals = new StopSignals();
        var file = Locate(runFile);
        var declaredPort = SimulatorPort(file);
        var options = new RunOptions
        {
            RunFile = file,
            Sidecar = sidecar,
            Ports = PortMode.Free,
            TemporaryData = true,
            Wanted = DemoEnvironment.IsNeeded,
            Withheld = DemoEnvironment.IsWithheld,
            Adapt = app => DemoEnvironment.Adapt(app, declaredPort) with { AppLog = LogDestination.File },
        };
        try
        {
            output.Plain("Starting the system on free ports, with the simulator as the only provider ...");
            await using var system = new LocalSystem(options, output, time, signals.Hurry);
            await system.StartAsync(signals.Stop);
            var succeeded = await PlayAsync(system, requests, output, time, signals.Stop);
            foreach (var log in succeeded ? [] : system.Report().Logs)
            {
                output.Plain($"  Its log: {log}");
            }

            return succeeded ? 0 : 1;
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    /// <summary>The run file: where none is given, the one that has the sample app which asks by events.</summary>
    private static string Locate(string? given)
    {
        var file = RunFileLocator.Locate(given);
        var samples = Path.Combine(Path.GetDirectoryName(file)!, "src", "dapr.samples.yaml");
        return given is null && File.Exists(samples) ? samples : file;
    }

    private static async Task<bool> PlayAsync(LocalSystem system, int requests, RunOutput output, TimeProvider time, CancellationToken cancellation)
    {
        // A caller of its own each time: a state store that outlives the demo has no answers for it.
        using var edge = DemoHttp.To(PortOf(AppIds.Edge)!.Value, key: $"demo-{Guid.NewGuid():N}");
        using var eventCaller = PortOf(EventAsker.AppId) is { } port ? DemoHttp.To(port) : null;
        var (client, simulatorPort) = (new DemoClient(edge, time), PortOf(AppIds.Simulator)!.Value);

        var result = await SendAllAsync(client, simulatorPort, requests, output, time, cancellation);
        output.Plain("");
        output.Plain(DemoSummary.Of(result, output));

        // What nobody waits for goes on while the others play.
        var background = new BackgroundAct(edge, eventCaller, simulatorPort, output, time).RunAsync(Math.Max(1, requests / BackgroundShare), cancellation);
        var outlived = await FaultAct.RunAsync(client, simulatorPort, requests, output, time, cancellation);
        var done = await background;
        output.Plain("What became of the jobs and events:");
        output.Plain("");
        output.Plain(BackgroundSummary.Of(done, output));
        return result.Problems().Count == 0 && outlived && done.Problems().Count == 0;

        int? PortOf(string id) => system.Plan.Apps.FirstOrDefault(app => app.AppId == id && app.Ports.App > 0)?.Ports.App;
    }

    private static int SimulatorPort(string runFile)
    {
        var file = RunFileReader.Read(runFile);
        foreach (var id in (string[])[AppIds.Edge, AppIds.Generation, AppIds.Simulator])
        {
            if (!file.Apps.Any(app => app.Text("appID") == id && app.Port("appPort") > 0))
            {
                throw new LocalFailure($"The demo needs an app '{id}' with an 'appPort' in {file.Path}.");
            }
        }

        return file.Apps.First(app => app.Text("appID") == AppIds.Simulator).Port("appPort");
    }

    private static async Task<DemoResult> SendAllAsync(DemoClient client, int simulatorPort, int count, RunOutput output, TimeProvider time, CancellationToken cancellation)
    {
        var alone = await SendOneByOneAsync(client, output, cancellation);
        var requests = DemoRequest.MakeRepeating(count, Model);
        var (repeated, late) = (requests.Count(request => request.IsRepeated), requests.Count(request => request.IsLate));
        output.Plain($"Sending {count} prompts, every second one streamed, to model '{Model}'{(repeated == 0 ? "" : $". {repeated} are repeated ones: {repeated - late} come at once with the others, {late} when the first have their answers")}:");
        var before = await DemoClient.ReadCountsAsync(simulatorPort, cancellation);
        var began = time.GetTimestamp();
        var answers = await client.SendAllAsync(requests, output, cancellation);
        var wall = time.GetElapsedTime(began);
        var after = await DemoClient.ReadCountsAsync(simulatorPort, cancellation);
        return new DemoResult(answers, alone, wall, after.Since(before));
    }

    /// <summary>How long one answer takes while nothing else is going on.</summary>
    private static async Task<TimeSpan> SendOneByOneAsync(DemoClient client, RunOutput output, CancellationToken cancellation)
    {
        output.Plain("Warming up, and measuring one plain and one streamed answer alone ...");
        foreach (var request in DemoRequest.Make(2, QuickModel))
        {
            await client.SendAsync(request, cancellation);
        }

        List<TimeSpan> times = [];
        foreach (var request in DemoRequest.Make(2, Model))
        {
            var answer = await client.SendAsync(request, cancellation);
            times.Add(answer.Problem is null ? answer.Total : throw new LocalFailure($"The first request failed: {answer.Problem}"));
        }

        return times.Aggregate(TimeSpan.Zero, (sum, time) => sum + time) / times.Count;
    }
}
