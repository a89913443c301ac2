using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Three replicas of generation under one app-id; any process dies and comes back where it was.</summary>
public sealed class ReplicaTests
{
    private static readonly RunningSystemOptions ThreeOfGeneration = new() { Scale = new Dictionary<string, int> { [AppIds.Generation] = 3 } };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scale_ThreeOfGeneration_ShareTheWork()
    {
        const string Model = "sim?fault=hang&seed=91";
        await using var system = await RunningSystem.StartAsync(ThreeOfGeneration, Ct);
        Assert.Equal(["generation", "generation-2", "generation-3"], system.Report.Apps.Where(app => app.AppId == AppIds.Generation).Select(app => app.Name));

        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var callers = Enumerable.Range(0, 12).Select(_ => system.Http.SendAsync(Chat.Request(Chat.Body(Model, "Share", stream: true)), leave.Token)).ToList();
        await Eventually.TrueAsync(async () => (await system.Simulator.OfAsync(Model, Ct)).InFlight == callers.Count, "all calls are at the provider", Ct);
        var inFlight = new List<int>();
        for (var replica = 1; replica <= 3; replica++)
        {
            inFlight.Add(await system.InFlightAsync(AppIds.Generation, Ct, replica));
        }

        // In turn; edge's own questions for the models have their turns, too.
        Assert.All(inFlight, count => Assert.InRange(count, 2, 6));
        Assert.Equal(callers.Count, inFlight.Sum());
        await leave.CancelAsync();
        foreach (var caller in callers)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
        }
    }

    [Fact]
    public async Task Kill_AReplicaThenTheSidecar_OthersAnswerAndBothComeBack()
    {
        await using var system = await RunningSystem.StartAsync(ThreeOfGeneration, Ct);
        var second = system.KillApp(AppIds.Generation, 2);

        // A third of the first attempts meets the dead one: Dapr's retry goes to the next.
        for (var i = 0; i < 12; i++)
        {
            Assert.Equal(200, await AskAsync(system));
        }

        await system.RestartAsync(second, Ct);
        Assert.NotEqual(system.Report.App(AppIds.Generation, 2).Pid, system.PidOf(AppIds.Generation, 2));

        for (var again = 0; again < 2; again++)
        {
            var sidecar = system.KillSidecar();
            Assert.Equal("sidecar", sidecar.Name);
            Assert.Equal(503, await AskAsync(system));
            await system.RestartAsync(sidecar, Ct);
            await Eventually.TrueAsync(async () => await AskAsync(system) == 200, "the system answers again", Ct);
        }
    }

    [Fact]
    public async Task DataFile_EverythingKilled_HoldsWhatWasAcknowledged()
    {
        var folder = Directory.CreateTempSubdirectory("llmdapr-data-");
        try
        {
            var options = new RunningSystemOptions { DataFile = Path.Combine(folder.FullName, "kept.db") };
            var first = await RunningSystem.StartAsync(options, Ct);
            try
            {
                using var http = SidecarOf(first);
                using var body = new StringContent("""[{"key":"kept","value":"yes"}]""", null, "application/json");
                using var saved = await http.PostAsync(new Uri($"/v1.0/state/{DaprComponents.StateStore}", UriKind.Relative), body, Ct);
                Assert.Equal(204, (int)saved.StatusCode);

                // Another run cannot have the file, and is told so.
                var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningSystem.StartAsync(options, Ct));
                Assert.Contains("is in use by another sidecar process", refused.Message, StringComparison.Ordinal);

                await first.KillEverythingAsync(Ct);
                Assert.Empty(first.LivingProcesses());
            }
            finally
            {
                await first.DisposeAsync();
            }

            await using var second = await RunningSystem.StartAsync(options, Ct);
            using var reader = SidecarOf(second);
            Assert.Equal("\"yes\"", await reader.GetStringAsync(new Uri($"/v1.0/state/{DaprComponents.StateStore}/kept", UriKind.Relative), Ct));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static HttpClient SidecarOf(RunningSystem system) => RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App(AppIds.Edge).DaprHttpPort}"));

    private static async Task<int> AskAsync(RunningSystem system)
    {
        using var response = await system.Http.PostAsync(Chat.Body("sim?words=3", "Anyone?", stream: false), Ct);
        return (int)response.StatusCode;
    }
}
