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
        var quick = await SubmitAsync(system, Quick);
        var endless = await SubmitAsync(system, Endless);
        await AtTheProviderAsync(system, Endless, OfEach);
        Assert.True(await JobsOfSecondAsync(system) > 0, "the second replica has none of the jobs");

        var second = system.PidOf(AppIds.Generation, 2);
        var stoppedAt = TimeProvider.System.GetTimestamp();
        StartedProgram.Terminate(second);
        await Eventually.TrueAsync(() => !system.LivingProcesses().Contains(second), "the second replica has ended", Ct, TimeSpan.FromSeconds(30));
        Assert.InRange(TimeProvider.System.GetElapsedTime(stoppedAt).TotalSeconds, 7, 20);

        // Those that it gave back are called by the first one, and end there.
        await AtTheProviderAsync(system, Endless, OfEach);
        await system.Simulator.ReleaseAsync(Endless, Ct);
        foreach (var job in quick.Concat(endless))
        {
            var ended = await system.Http.GetJobAsync(job.Id, Ct, "50s");
            Assert.True(ended.State == "succeeded", ended.Body);
            Assert.InRange(ended.Attempts, 1, job.Json.GetProperty("model").GetString() == Quick ? 1 : 2);
        }

        Assert.Equal(OfEach, (await system.Simulator.OfAsync(Quick, Ct)).Requests);
        var counts = await system.Simulator.OfAsync(Endless, Ct);
        Assert.InRange(counts.Cancelled, 1, OfEach);
        Assert.Equal(OfEach + counts.Cancelled, counts.Requests);
    }

    private static async Task<IReadOnlyList<JobAnswer>> SubmitAsync(RunningSystem system, string model) =>
        await Task.WhenAll(Enumerable.Range(0, OfEach).Select(i => system.Http.SubmitJobAsync(Chat.Body(model, $"Stop {i}", stream: false), Ct)));

    private static Task AtTheProviderAsync(RunningSystem system, string model, int calls) => Eventually.TrueAsync(
        async () => (await system.Simulator.OfAsync(model, Ct)).InFlight == calls, $"{calls} calls are at the provider", Ct, TimeSpan.FromSeconds(40));

    private static async Task<int> JobsOfSecondAsync(RunningSystem system)
    {
        using var client = RunningSystem.CreateClient(new Uri($"http://127.0.0.1:{system.Report.App(AppIds.Generation, 2).AppPort}"));
        return Metrics.Sum(await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), Ct), "llmdapr_jobs_running");
    }
}
