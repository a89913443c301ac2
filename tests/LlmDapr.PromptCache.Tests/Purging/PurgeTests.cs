using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;
using LlmDapr.PromptCache.Tests.Fakes;
using LlmDapr.PromptCache.Tests.Store;
using LlmDapr.Testing;

namespace LlmDapr.PromptCache.Tests.Purging;

public sealed class PurgeTests : StoreTest
{
    private const string OtherModel = """{"model":"other","messages":[{"role":"user","content":"hi"}],"temperature":0}""";

    [Fact]
    public async Task Purge_ByTenant_VoidsThatTenantOnly()
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync(replica.Plan("a"));
        await replica.StoreAsync(replica.Plan("b"));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PurgeResult.Done, await replica.PurgeAsync(new Purge(Tenant: "a")));
        Assert.False((await replica.LookupAsync(replica.Plan("a"))).IsHit);
        Assert.True((await replica.LookupAsync(replica.Plan("b"))).IsHit);
    }

    [Fact]
    public async Task Purge_ByModel_VoidsThatModelForAllTenants()
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync(replica.Plan("a"));
        await replica.StoreAsync(replica.Plan("b"));
        await replica.StoreAsync(replica.Plan("a", OtherModel));
        await replica.PurgeAsync(new Purge(Model: "m"));
        Assert.False((await replica.LookupAsync(replica.Plan("a"))).IsHit);
        Assert.False((await replica.LookupAsync(replica.Plan("b"))).IsHit);
        Assert.True((await replica.LookupAsync(replica.Plan("a", OtherModel))).IsHit);
    }

    [Fact]
    public async Task Purge_ByKey_VoidsOneAndGivesItsRoomBack()
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync(replica.Plan("a"));
        await replica.StoreAsync(replica.Plan("b"));
        await replica.PurgeAsync(new Purge(Key: replica.Plan("a").Key));
        Assert.False((await replica.LookupAsync(replica.Plan("a"))).IsHit);
        Assert.True((await replica.LookupAsync(replica.Plan("b"))).IsHit);
        Assert.DoesNotContain(replica.Plan("a").Key.StateName, State.Keys);
        Assert.Contains(replica.Plan("b").Key.StateName, State.Keys);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task Purge_ThenNewAnswer_IsAHitAgain(string by)
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync();
        await replica.PurgeAsync(PurgeOf(by, replica.Plan()));
        await replica.StoreAsync(body: """{"answer":2}""");
        Assert.Equal("""{"answer":2}""", Replica.BodyOf(await replica.LookupAsync()));
        var (other, _) = await StartAsync();
        Assert.Equal("""{"answer":2}""", Replica.BodyOf(await other.LookupAsync()));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task Purge_WhileTheAnswerIsUnderWay_ItIsNotKept(string by)
    {
        var (replica, _) = await StartAsync();
        var plan = replica.Plan();
        await replica.PurgeAsync(PurgeOf(by, plan));
        replica.Cache.Store(plan, Replica.Answer());
        Assert.False((await replica.LookupAsync()).IsHit);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task Purge_OnAnotherReplica_IsFollowedWithinFiveSecondsFromMemoryToo(string by)
    {
        var (here, _) = await StartAsync();
        var dapr = new FakeDapr(State);
        await using var there = await new Replica(dapr, Time).StartAsync(watches: true);
        await here.StoreAsync();
        Assert.True((await there.LookupAsync()).IsHit);
        Assert.Equal(CacheLevel.Memory, (await there.LookupAsync()).Level);

        Assert.Equal(PurgeResult.Done, await here.PurgeAsync(PurgeOf(by, here.Plan())));
        Assert.True((await there.LookupAsync()).IsHit);
        Time.Advance(TimeSpan.FromSeconds(4.9));
        await Eventually.TrueAsync(async () => !(await there.LookupAsync()).IsHit, "the other replica obeys the purge", TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("model")]
    [InlineData("tenant")]
    public async Task Purge_AnswerThatAnotherReplicaKeptLater_IsVoidThereToo(string by)
    {
        // The other replica has not heard of the purge when its request begins and when it ends.
        var (here, _) = await StartAsync();
        var (there, _) = await StartAsync();
        await there.LookupAsync();
        var plan = there.Plan();
        Time.Advance(TimeSpan.FromSeconds(1));
        await here.PurgeAsync(PurgeOf(by, here.Plan()));
        await there.StoreAsync(plan);
        Assert.Contains(plan.Key.StateName, State.Keys);
        Assert.False((await here.LookupAsync()).IsHit);
        await there.Get<PurgeEpochs>().RefreshAsync(TestContext.Current.CancellationToken);
        Assert.False((await there.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Purge_BeforeThisProcessBegan_IsObeyedFromItsFirstLookup()
    {
        var (here, _) = await StartAsync();
        await here.StoreAsync();
        await here.PurgeAsync(new Purge(Tenant: "t"));
        var (late, _) = await StartAsync();
        Assert.False((await late.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Purge_TwoReplicasAtOnce_BothMarksStay()
    {
        var replicas = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => StartAsync()));
        var results = await Task.WhenAll(replicas.Select((one, i) =>
        {
            one.Dapr.Before = async (_, _) => await Task.Yield();
            return one.Replica.PurgeAsync(new Purge(Tenant: $"tenant{i}"));
        }));
        Assert.All(results, result => Assert.Equal(PurgeResult.Done, result));
        var marks = MarksDocument.Read(State.Read(PurgeEpochs.StateKey).Bytes.Span)!;
        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"tenant{i}"), marks.Tenants.Keys.Order());
        Assert.Equal(6, marks.Tenants.Values.Distinct().Count());
    }

    [Fact]
    public async Task Purge_StoreDown_HoldsHereAndSaysSoAndIsMadeUpForLater()
    {
        var (replica, dapr) = await StartAsync();
        await replica.StoreAsync();
        dapr.Break();
        Assert.Equal(PurgeResult.OnlyHere, await replica.PurgeAsync(new Purge(Tenant: "t")));
        dapr.Heal();
        Assert.False((await replica.LookupAsync()).IsHit);

        await replica.Get<PurgeEpochs>().RefreshAsync(TestContext.Current.CancellationToken);
        var (late, _) = await StartAsync();
        Assert.False((await late.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Purge_StoreDownWhileAnotherReplicaPurges_IsMadeUpForAllTheSame()
    {
        var (cutOff, dapr) = await StartAsync();
        var (other, _) = await StartAsync();
        dapr.Break();
        Assert.Equal(PurgeResult.OnlyHere, await cutOff.PurgeAsync(new Purge(Tenant: "t")));
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PurgeResult.Done, await other.PurgeAsync(new Purge(Tenant: "later")));
        dapr.Heal();

        await cutOff.Get<PurgeEpochs>().RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["later", "t"], MarksDocument.Read(State.Read(PurgeEpochs.StateKey).Bytes.Span)!.Tenants.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Purge_AnswerOfTheSaveLost_IsDone()
    {
        var (replica, dapr) = await StartAsync();
        var lost = false;
        dapr.Before = (call, _) => call == "try-save" && !lost && (lost = true) ? throw new TimeoutException() : Task.CompletedTask;
        Assert.Equal(PurgeResult.Done, await replica.PurgeAsync(new Purge(Tenant: "t")));
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("")]
    [InlineData("""{"epoch":-5}""")]
    [InlineData("""{"epoch":9223372036854775807}""")]
    [InlineData("""{"epoch":5,"keys":{"zz":1}}""")]
    [InlineData("null")]
    public async Task Refresh_DocumentLostOrSpoilt_IsWrittenAgainByWhoKnows(string text)
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync();
        await replica.PurgeAsync(new Purge(Tenant: "t"));
        State.Put(PurgeEpochs.StateKey, System.Text.Encoding.UTF8.GetBytes(text));
        Assert.True(await replica.Get<PurgeEpochs>().RefreshAsync(TestContext.Current.CancellationToken));
        var (late, _) = await StartAsync();
        Assert.False((await late.LookupAsync()).IsHit);
        Assert.Contains("t", MarksDocument.Read(State.Read(PurgeEpochs.StateKey).Bytes.Span)!.Tenants.Keys);
    }

    [Fact]
    public async Task Purge_MarksOlderThanAnythingKept_AreForgotten()
    {
        var (replica, _) = await StartAsync();
        await replica.PurgeAsync(new Purge(Tenant: "old"));
        Time.Advance(TimeSpan.FromHours(52));
        await replica.PurgeAsync(new Purge(Tenant: "new"));
        Assert.Equal(["new"], MarksDocument.Read(State.Read(PurgeEpochs.StateKey).Bytes.Span)!.Tenants.Keys);
    }

    [Fact]
    public async Task Purge_MarksAsLongAsAnythingMayBeKept_Stay()
    {
        var (replica, _) = await StartAsync(("Cache:Ttl", "1.00:00:00"), ("Cache:StaleWhileRevalidate", "1.00:00:00"));
        await replica.StoreAsync();
        await replica.PurgeAsync(new Purge(Tenant: "t"));
        Time.Advance(TimeSpan.FromHours(47.9));
        await replica.PurgeAsync(new Purge(Tenant: "new"));
        Assert.False((await replica.LookupAsync()).IsHit);
        Assert.Equal(2, MarksDocument.Read(State.Read(PurgeEpochs.StateKey).Bytes.Span)!.Count);
    }

    [Fact]
    public async Task Purge_TooManySingleKeys_SaysSo()
    {
        var (replica, _) = await StartAsync();
        var epochs = replica.Get<PurgeEpochs>();
        var marks = PurgeMarks.None;
        for (var i = 0; i < 4096; i++)
        {
            marks = marks.With(new Purge(Key: replica.Plan($"{i}").Key), Time.GetUtcNow());
        }

        State.Put(PurgeEpochs.StateKey, MarksDocument.Write(marks));
        await epochs.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(PurgeResult.TooMany, await replica.PurgeAsync(new Purge(Key: replica.Plan().Key)));
        Assert.Equal(PurgeResult.Done, await replica.PurgeAsync(new Purge(Tenant: "t")));
    }

    [Fact]
    public async Task Purge_OfNothing_IsADefectOfTheCaller()
    {
        var (replica, _) = await StartAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => replica.PurgeAsync(new Purge()));
    }

    [Fact]
    public async Task Lookup_MarksCannotBeRead_ServesNothingOfTheStore()
    {
        var (writer, _) = await StartAsync();
        await writer.StoreAsync();
        var (late, dapr) = await StartAsync();
        dapr.Before = (_, key) => key == PurgeEpochs.StateKey ? throw new TimeoutException() : Task.CompletedTask;
        Assert.False((await late.LookupAsync()).IsHit);
        dapr.Heal();
        Assert.True((await late.LookupAsync()).IsHit);
    }

    private static Purge PurgeOf(string by, CachePlan plan) => by switch
    {
        "key" => new Purge(Key: plan.Key),
        "model" => new Purge(Model: plan.Model),
        _ => new Purge(Tenant: plan.Tenant),
    };
}
