using LlmDapr.PromptCache.Purging;
using LlmDapr.PromptCache.Tests.Fakes;
using LlmDapr.Testing;

namespace LlmDapr.PromptCache.Tests.Sidecars;

public sealed class SidecarTests
{
    [Fact]
    public async Task Lookup_AnswerOfAnotherReplica_IsAHitFromTheStore()
    {
        await using var run = new SidecarRun();
        await run.StartAsync();
        var (writer, reader) = (await run.ReplicaAsync(), await run.ReplicaAsync());
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},"));
        await writer.StoreAsync(body: body);

        var found = await reader.LookupAsync();
        Assert.Equal(CacheLevel.Store, found.Level);
        Assert.Equal(body, Replica.BodyOf(found));
        Assert.False((await reader.LookupAsync(reader.Plan("other"))).IsHit);
    }

    [Fact]
    public async Task Lookup_SidecarStoppedAndStartedAgain_MissesThenHitsAgain()
    {
        await using var run = new SidecarRun();
        await run.StartAsync();
        var replica = await run.ReplicaAsync(("Cache:MemoryBytes", "0"));
        await replica.StoreAsync();
        Assert.True((await replica.LookupAsync()).IsHit);

        await run.StopAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.False((await replica.LookupAsync()).IsHit);
            await replica.StoreAsync(replica.Plan("other"));
        }

        await run.StartAsync();
        await Eventually.TrueAsync(async () => (await replica.LookupAsync()).IsHit, "the answers from before are hits again", TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Purge_OnAnotherReplica_IsFollowedByMemoryToo()
    {
        await using var run = new SidecarRun();
        await run.StartAsync();
        var (here, there) = (await run.ReplicaAsync(), await run.ReplicaAsync());
        await here.StoreAsync();
        await there.LookupAsync();
        Assert.Equal(CacheLevel.Memory, (await there.LookupAsync()).Level);

        Assert.Equal(PurgeResult.Done, await here.PurgeAsync(new Purge(Tenant: "t")));
        await Eventually.TrueAsync(async () => !(await there.LookupAsync()).IsHit, "the other replica obeys the purge", TestContext.Current.CancellationToken);
        Assert.False((await here.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Purge_ManyReplicasAtOnce_AllMarksStay()
    {
        await using var run = new SidecarRun();
        await run.StartAsync();
        var replicas = new List<Replica>();
        for (var i = 0; i < 4; i++)
        {
            replicas.Add(await run.ReplicaAsync());
        }

        foreach (var round in new[] { "a", "b" })
        {
            Assert.All(await Task.WhenAll(replicas.Select((replica, i) => replica.PurgeAsync(new Purge(Tenant: $"{round}{i}")))), result => Assert.Equal(PurgeResult.Done, result));
        }

        var late = await run.ReplicaAsync();
        await late.Get<PurgeEpochs>().RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(8, late.Get<PurgeEpochs>().Current.Tenants.Count);
    }

    [Fact]
    public async Task Purge_ByKey_TheStoreGivesItNoMore()
    {
        await using var run = new SidecarRun();
        await run.StartAsync();
        var (here, there) = (await run.ReplicaAsync(), await run.ReplicaAsync());
        await here.StoreAsync();
        await here.PurgeAsync(new Purge(Key: here.Plan().Key));
        Assert.False((await there.LookupAsync()).IsHit);
        await here.StoreAsync(body: """{"answer":2}""");
        Assert.Equal("""{"answer":2}""", Replica.BodyOf(await there.LookupAsync()));
    }
}
