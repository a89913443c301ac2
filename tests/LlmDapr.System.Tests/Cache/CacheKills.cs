using LlmDapr.Contracts;
using LlmDapr.System.Tests.Beds;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>Everything dies at once without a word (SIGKILL): what the state store had acknowledged is there for the next system.</summary>
public abstract class CacheKills
{
    private const string Model = "sim?words=6";
    private const int First = 20;
    private const int Callers = 6;
    private const int Enough = 80;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_EverythingInTheMiddleOfWrites_AcknowledgedAnswersAreHits()
    {
        await using var bed = await MakeBedAsync();

        // Whether an answer is there is asked, not whether a cold system on a busy machine finds it within 150 ms.
        var options = new RunningSystemOptions { AppEnvironment = ["edge:Cache__StoreTimeout=00:00:05", "generation:Scheduling__StartLimit=1000"] };
        var (asked, stored) = (0, 0);
        await using (var system = await bed.StartAsync(options, Ct))
        {
            for (; asked < First; asked++)
            {
                Assert.Equal("miss", (await CachedAnswer.AskAsync(system.Http, CacheLoad.Body(Model, asked), Ct)).Cache);
            }

            await Eventually.TrueAsync(async () => await StoredAsync(system) == First, "all are in the state store", Ct);

            // Now they come one after the other while everything is killed.
            var load = Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
            {
                while ((await CachedAnswer.AskAsync(system.Http, CacheLoad.Body(Model, Interlocked.Increment(ref asked) - 1), CancellationToken.None)).Status == 200)
                {
                }
            })).ToList();
            await Eventually.TrueAsync(async () => (stored = await StoredAsync(system)) >= Enough, "some more are in the state store", Ct, TimeSpan.FromSeconds(60));
            await bed.KillAsync(system, Ct);
            await Task.WhenAll(load);
        }

        await using var next = await bed.StartAsync(options, Ct);
        var hits = new List<int>();
        for (var i = 0; i < asked; i++)
        {
            var answer = await CachedAnswer.AskAsync(next.Http, CacheLoad.Body(Model, i), Ct);
            Assert.Equal((200, Chat.Expected(Model, $"Prompt {i}")), (answer.Status, answer.Text));
            if (answer.Cache == "hit")
            {
                hits.Add(i);
            }
        }

        Assert.Equal(Enumerable.Range(0, First), hits.Take(First));
        Assert.True(hits.Count >= stored, $"{stored} answers were acknowledged, {hits.Count} are left");
        Assert.Equal(asked - hits.Count, (await next.Simulator.OfAsync(Model, Ct)).Requests);
    }

    /// <summary>A bed of the test's own. Skips the test where there is none.</summary>
    protected abstract Task<TestBed> MakeBedAsync();

    private static async Task<int> StoredAsync(RunningSystem system) => Metrics.SumOrZero(await system.MetricsAsync(AppIds.Edge, Ct), "llmdapr_cache_stored_total");
}
