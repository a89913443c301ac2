using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>A replica of generation is asked to end (SIGTERM) while it runs jobs: what can be finished in time is, the rest goes to the other replica.</summary>
public sealed class JobStopTests
{
    private const string Quick = "sim?words=4&ttft=4s&seed=841";
    private const string Endless = "sim?words=4&fault=gate&seed=842";
    private const int OfEach = 8;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_JobsRun_FinishesOrHandsBackEachInTime()
    {
        await using var system = await RunningSystem.StartAsync(
            new RunningSystemOptions
            {
                Scale = new Dictionary<string, int> { [AppIds.Generation] = 2 },

                // So long a lease that nobody but the stopping one itself can bring its jobs back.
                AppEnvironment = ["generation:Jobs__StopTimeout=00:00:08", "generation:Jobs__Lease=00:10:00"],
            },
            Ct);

        // Which replica takes which job is the broker's choice: the one that stops has some that do not end by themselves.
        var endless = await SubmitAsync(system, Endless);
        await AtTheProviderAsync(system, Endless, endless.Count);
        var stopping = await JobsOfAsync(system, 2) > 0 ? 2 : 1;
        var quick = await SubmitAsync(system, Quick);
        await AtTheProviderAsync(system, Quick, OfEach);

        var replica = system.PidOf(AppIds.Generation, stopping);
        var stoppedAt = TimeProvider.System.GetTimestamp();
        StartedProgram.Terminate(replica);
        await Eventually.TrueAsync(() => !system.LivingProcesses().Contains(replica), "the replica has ended", Ct, TimeSpan.FromSeconds(30));
        Assert.InRange(TimeProvider.System.GetElapsedTime(stoppedAt).TotalSeconds, 7, 20);

        // Those that it gave back are called by the other one, and end there.
        await AtTheProviderAsync(system, Endless, endless.Count);
        await system.Simulator.ReleaseAsync(Endless, Ct);
        foreach (var job in quick.Concat(endless))
        {
            var ended = await system.Http.GetJobAsync(job.Id, Ct, "50s");
            Assert.True(ended.State == "succeeded", ended.Body);
            Assert.InRange(ended.Attempts, 1, job.Json.GetProperty("model").GetString() == Quick ? 1 : 2);
        }

        Assert.Equal(OfEach, (await system.Simulator.OfAsync(Quick, Ct)).Requests);
        var counts = await system.Simulator.OfAsync(Endless, Ct);
        Assert.InRange(counts.Cancelled, 1, endless.Count);
        Assert.Equal(endless.Count + counts.Cancelled, counts.Requests);
    }

    private static async Task<IReadOnlyList<JobAnswer>> SubmitAsync(RunningSystem system, string model) =>
        await Task.WhenAll(Enumerable.Range(0, OfEach).Select(i => system.Http.SubmitJobAsync(Chat.Body(model, $"Stop {i}", stream: false), Ct)));

    private static Task AtTheProviderAsync(RunningSystem system, string model, int calls) => Eventually.TrueAsync(
        async () => (await system.Simulator.OfAsync(model, Ct)).InFlight == calls, $"{calls} calls are at the provider", Ct, TimeSpan.FromSeconds(40));

    private static async Task<int> JobsOfAsync(RunningSystem system, int replica)
    {
        using var client = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App(AppIds.Generation, replica).AppPort}"));
        return Metrics.Sum(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Ct), "llmdapr_jobs_running");
    }
}
