using LlmDapr.Contracts;
using LlmDapr.Local.Output;
using LlmDapr.Local.Ports;
using LlmDapr.Local.RunFile;
using LlmDapr.Local.Running;
using LlmDapr.Local.Sidecars;

namespace LlmDapr.Local.Demo;

/// <summary>The <c>demo</c> command: many prompts at once through the whole system, with the simulator as the only provider: first as it is at its best, then at its worst.</summary>
internal static class DemoCommand
{
    /// <summary>The default of <c>--requests</c>.</summary>
    public const int DefaultRequests = 200;

    /// <summary>About as fast as a small hosted model: 0.3 s to the first token, then 50 words a second.</summary>
    private const string Model = "sim?ttft=300ms&tps=50&words=60&jitter=0.2";

    /// <summary>As fast as the simulator can: only for letting every process warm up.</summary>
    private const string QuickModel = "sim?ttft=0ms&tps=0&words=60";

    private const int Interrupted = 130;

    /// <summary>Runs it, and gives the exit code: 0 only when every answer was complete and right.</summary>
    public static async Task<int> RunAsync(int requests, SidecarMode sidecar, string? runFile, RunOutput output, TimeProvider time)
    {
        using var signals = new StopSignals();
        var simulatorPort = SimulatorPort(runFile);
        var options = new RunOptions
        {
            RunFile = runFile,
            Sidecar = sidecar,
            Ports = PortMode.Free,
            TemporaryData = true,
            Withheld = DemoEnvironment.NamesProvider,
            Adapt = app => DemoEnvironment.Adapt(app, simulatorPort) with { AppLog = LogDestination.File },
        };
        try
        {
            output.Plain("Starting the system on free ports, with the simulator as the only provider ...");
            await using var system = new LocalSystem(options, output, time, signals.Hurry);
            await system.StartAsync(signals.Stop);
            int PortOf(string id) => system.Plan.Apps.First(app => app.AppId == id).Ports.App;

            using var client = new DemoClient(new Uri($"http://localhost:{PortOf(AppIds.Edge)}/v1/"), time);
            var result = await SendAllAsync(client, PortOf(AppIds.Simulator), requests, output, time, signals.Stop);
            output.Plain("");
            output.Plain(DemoSummary.Of(result, output));
            var succeeded = result.Problems().Count == 0 & await FaultAct.RunAsync(client, PortOf(AppIds.Simulator), requests, output, time, signals.Stop);
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

    private static int SimulatorPort(string? runFile)
    {
        var file = RunFileReader.Read(RunFileLocator.Locate(runFile));
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
        var requests = DemoRequest.Make(count, Model);
        var streamed = requests.Count(request => request.Streamed);
        output.Plain($"Sending {count} different prompts at once, {count - streamed} plain and {streamed} streamed, to model '{Model}':");
        var before = await DemoClient.ReadCountsAsync(simulatorPort, cancellation);
        var began = time.GetTimestamp();
        var answers = await client.SendAllAsync(requests, streamed, output, cancellation);
        var wall = time.GetElapsedTime(began);
        var after = await DemoClient.ReadCountsAsync(simulatorPort, cancellation);
        return new DemoResult(answers, alone, wall, after with { Requests = after.Requests - before.Requests, Completed = after.Completed - before.Completed });
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
