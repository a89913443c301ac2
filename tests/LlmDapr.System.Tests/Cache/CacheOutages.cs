using LlmDapr.Contracts;
using LlmDapr.System.Tests.Beds;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>The state store fails while the system is in use: nobody's request does, and it is used again once it is back.</summary>
public abstract class CacheOutages
{
    private const int Prompts = 12;
    private const string Model = "sim?words=6";

    // Nothing is kept in memory, so that every hit comes from the state store.
    private static readonly RunningSystemOptions Options = new() { AppEnvironment = ["edge:Cache__MemoryBytes=0", "generation:Scheduling__StartLimit=1000"] };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(StoreFault.Stopped)]
    [InlineData(StoreFault.Slow)]
    [InlineData(StoreFault.Full)]
    public async Task Store_FailsInTheMiddleOfLoad_NoRequestFailsAndHitsComeBack(StoreFault fault)
    {
        await using var bed = await MakeBedAsync();
        Assert.SkipWhen(bed.WhyNot(fault) is not null, bed.WhyNot(fault) ?? "");
        await using var system = await bed.StartAsync(Options, Ct);
        await WarmAsync(system);
        await using var load = new CacheLoad(system.Http, Model, Prompts, fault == StoreFault.Full);
        await load.AnsweredAsync(30, Ct);

        // A busy machine may have been too slow for the store before.
        var (failedBefore, linesBefore) = (await FailedCallsAsync(system), Lines(system));
        await bed.BreakStoreAsync(fault, Ct);
        await Eventually.TrueAsync(async () => await FailedCallsAsync(system) > failedBefore + 3, "edge feels the fault", Ct);
        await load.AnsweredAsync(60, Ct);
        if (fault != StoreFault.Full)
        {
            // All that comes now is paid for, and the breaker spares most of it the wait.
            await load.SeesAsync("miss", 20, Ct);
            Assert.True(Metrics.SumOrZero(await system.MetricsAsync(AppIds.Edge, Ct), "llmdapr_cache_store_errors_total", "breaker_open") > 0, "each request waited for the dead store");
        }

        await bed.MendStoreAsync(Ct);
        await Eventually.TrueAsync(async () => await IsHitAsync(system), "every prompt is a hit again", Ct, TimeSpan.FromSeconds(30));
        await load.SeesAsync("hit", 20, Ct);
        var failures = await load.StopAsync();

        Assert.Empty(failures);
        Assert.InRange(Lines(system), 1, linesBefore + 1);
        await system.BecomesIdleAsync(Ct);
    }

    /// <summary>A bed of the test's own. Skips the test where there is none.</summary>
    protected abstract Task<TestBed> MakeBedAsync();

    private static async Task WarmAsync(RunningSystem system)
    {
        for (var i = 0; i < Prompts; i++)
        {
            Assert.Equal(200, (await CachedAnswer.AskAsync(system.Http, CacheLoad.Body(Model, i), Ct)).Status);
        }

        await Eventually.TrueAsync(() => IsHitAsync(system), "every prompt is a hit", Ct);
    }

    private static async Task<bool> IsHitAsync(RunningSystem system)
    {
        for (var i = 0; i < Prompts; i++)
        {
            if ((await CachedAnswer.AskAsync(system.Http, CacheLoad.Body(Model, i), Ct)).Cache is not ("hit" or "coalesced"))
            {
                return false;
            }
        }

        return true;
    }

    private static int Lines(RunningSystem system) => system.Output.Split('\n').Count(line =>
        line.Contains("The state store fails the prompt cache", StringComparison.Ordinal) || line.Contains("The state store is too slow for the prompt cache", StringComparison.Ordinal));

    private static async Task<int> FailedCallsAsync(RunningSystem system) => Metrics.SumOrZero(await system.MetricsAsync(AppIds.Edge, Ct), "llmdapr_cache_store_errors_total");
}
