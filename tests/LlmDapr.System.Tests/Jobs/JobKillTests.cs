using System.Globalization;

namespace LlmDapr.System.Tests.Jobs;

/// <summary>What was acknowledged is done once, whoever is killed.</summary>
public sealed class JobKillTests(ITestOutputHelper output)
{
    private const string SeedVariable = "LLMDAPR_TEST_SEED";
    private const int Seed = 20260;

    [Fact]
    public Task Kill_EveryProcessOnce_NothingIsLostAndNothingDoneTwice() => RunAsync(new KillPlan(
        Jobs: 120, Events: 60, Kills: 4, Replicas: 2, Seed, Lease: TimeSpan.FromSeconds(6), Model: "sim?words=8&ttft=500ms&jitter=0.5&seed=831", Clients: 24, Within: TimeSpan.FromMinutes(2)));

    /// <summary>
    /// The full form: <c>dotnet run --project tests/LlmDapr.System.Tests -- --explicit only --show-live-output on --filter-class LlmDapr.System.Tests.Jobs.JobKillTests</c>.
    /// <c>LLMDAPR_TEST_SEED</c> gives it another order and other moments.
    /// </summary>
    [Fact(Explicit = true)]
    public Task Full_TwentyKills_NothingIsLostAndNothingDoneTwice() => RunAsync(new KillPlan(
        Jobs: 2000,
        Events: 1000,
        Kills: 20,
        Replicas: 3,
        int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var seed) ? seed : Seed,
        Lease: TimeSpan.FromSeconds(15),
        Model: "sim?words=20&ttft=600ms&jitter=0.5&seed=832",
        Clients: 150,
        Within: TimeSpan.FromMinutes(10)));

    private Task RunAsync(KillPlan plan) => new KillRun(plan, output.WriteLine).RunAsync();
}
