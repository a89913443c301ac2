using LlmDapr.PromptCache.Tests.Fakes;

namespace LlmDapr.PromptCache.Tests.Store;

public sealed class KeptAnswersTests : StoreTest
{
    [Fact]
    public async Task Lookup_NothingKept_IsAMissOfOneRead()
    {
        var (replica, dapr) = await StartAsync();
        using var misses = replica.Count(CacheMetrics.MissesName);
        Assert.False((await replica.LookupAsync()).IsHit);
        Assert.Equal(1, dapr.Gets);
        Assert.Single(misses.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task Lookup_OwnAnswer_ComesFromMemoryWithoutARead()
    {
        var (replica, dapr) = await StartAsync();
        using var hits = replica.Count(CacheMetrics.HitsName);
        using var saved = replica.Count(CacheMetrics.SavedTokensName);
        await replica.StoreAsync(body: """{"n":7}""");
        Time.Advance(TimeSpan.FromSeconds(61.9));

        var found = await replica.LookupAsync();
        Assert.Equal("""{"n":7}""", Replica.BodyOf(found));
        Assert.Equal((CacheLevel.Memory, false, 61.9), (found.Level, found.IsStale, found.Age.TotalSeconds));
        Assert.Equal(0, dapr.Gets);
        Assert.Equal("memory", Assert.Single(hits.GetMeasurementSnapshot()).Tags["level"]);
        Assert.Equal([10L, 5L], saved.GetMeasurementSnapshot().Select(measured => measured.Value));
    }

    [Fact]
    public async Task Lookup_AnswerOfAnotherReplica_ComesFromTheStoreOnceAndThenFromMemory()
    {
        var (writer, _) = await StartAsync();
        var (reader, dapr) = await StartAsync();
        await writer.StoreAsync(body: new string('x', 5000));
        Time.Advance(TimeSpan.FromSeconds(30));

        var first = await reader.LookupAsync();
        Assert.Equal((CacheLevel.Store, 30.0), (first.Level, first.Age.TotalSeconds));
        Assert.Equal(new string('x', 5000), Replica.BodyOf(first));
        Assert.Equal(("m", "p/m", 10L), (first.Entry!.Answer.Model, first.Entry.Answer.Target, first.Entry.Answer.Usage.Input));
        Assert.Equal(CacheLevel.Memory, (await reader.LookupAsync()).Level);
        Assert.Equal(1, dapr.Gets);
    }

    [Fact]
    public async Task Lookup_AnotherTenantsAnswer_IsNeverShown()
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync(replica.Plan("a"));
        Assert.True((await replica.LookupAsync(replica.Plan("a"))).IsHit);
        Assert.False((await replica.LookupAsync(replica.Plan("b"))).IsHit);
        Assert.False((await replica.LookupAsync(replica.Plan("A"))).IsHit);
    }

    [Fact]
    public async Task Lookup_EntryCopiedUnderAnotherTenantsKey_IsAMiss()
    {
        var (writer, _) = await StartAsync();
        var (reader, _) = await StartAsync();
        await writer.StoreAsync(writer.Plan("a"));
        State.Put(reader.Plan("b").Key.StateName, State.Read(reader.Plan("a").Key.StateName).Bytes);
        Assert.False((await reader.LookupAsync(reader.Plan("b"))).IsHit);
    }

    [Fact]
    public async Task Lookup_PastTtl_IsAMissAndTheStoreForgets()
    {
        var (replica, dapr) = await StartAsync();
        await replica.StoreAsync(replica.Plan(ttl: "60"));
        Time.Advance(TimeSpan.FromSeconds(59));
        Assert.True((await replica.LookupAsync()).IsHit);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False((await replica.LookupAsync()).IsHit);
        Assert.Equal(1, dapr.Gets);
        Assert.Empty(State.Keys);
    }

    [Fact]
    public async Task Lookup_StaleWhileRevalidate_IsServedAsStaleForThatLong()
    {
        var (replica, _) = await StartAsync(("Cache:Ttl", "00:01:00"), ("Cache:StaleWhileRevalidate", "00:00:30"));
        var (other, _) = await StartAsync();
        await replica.StoreAsync();
        Time.Advance(TimeSpan.FromSeconds(75));

        Assert.Equal((true, true, CacheLevel.Memory), await replica.LookupAsync() is var found ? (found.IsHit, found.IsStale, found.Level) : default);
        Assert.Equal((true, true, CacheLevel.Store), await other.LookupAsync() is var there ? (there.IsHit, there.IsStale, there.Level) : default);
        Assert.False((await replica.LookupAsync(replica.Plan(cacheControl: "max-age=600"))).IsHit);

        // The answer that was fetched behind the caller's back takes its place.
        await replica.StoreAsync(body: """{"answer":2}""");
        Assert.Equal((false, """{"answer":2}"""), await replica.LookupAsync() is var fresh ? (fresh.IsStale, Replica.BodyOf(fresh)) : default);

        Time.Advance(TimeSpan.FromSeconds(90));
        Assert.False((await replica.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Lookup_MemoryTooOldForTheCaller_NewerOneOfAnotherReplicaServes()
    {
        var (replica, _) = await StartAsync();
        var (other, _) = await StartAsync();
        await replica.StoreAsync();
        Time.Advance(TimeSpan.FromMinutes(10));
        await other.StoreAsync(other.Plan(cacheControl: "no-cache"), """{"answer":2}""");

        Assert.Equal("""{"answer":1}""", Replica.BodyOf(await replica.LookupAsync()));
        var found = await replica.LookupAsync(replica.Plan(cacheControl: "max-age=60"));
        Assert.Equal((CacheLevel.Store, """{"answer":2}"""), (found.Level, Replica.BodyOf(found)));
        Assert.Equal("""{"answer":2}""", Replica.BodyOf(await replica.LookupAsync()));
    }

    [Fact]
    public async Task Lookup_NoCache_ReadsNothingAndItsAnswerServesOthers()
    {
        var (replica, dapr) = await StartAsync();
        await replica.StoreAsync();
        Assert.False((await replica.LookupAsync(replica.Plan(cacheControl: "no-cache"))).IsHit);
        await replica.StoreAsync(replica.Plan(cacheControl: "no-cache"), """{"answer":2}""");
        Assert.Equal("""{"answer":2}""", Replica.BodyOf(await replica.LookupAsync()));
        Assert.Equal(0, dapr.Gets);
    }

    [Fact]
    public async Task Lookup_TtlZeroAndNoStore_KeepNothing()
    {
        var (replica, dapr) = await StartAsync();
        replica.Cache.Store(replica.Plan(ttl: "0"), Replica.Answer());
        replica.Cache.Store(replica.Plan(cacheControl: "no-store"), Replica.Answer());
        Assert.False((await replica.LookupAsync()).IsHit);
        await replica.DisposeAsync();
        Assert.Equal(0, dapr.Saves);
    }

    [Fact]
    public async Task Store_NoSuccessOrEmptyOrTooLarge_IsNotKept()
    {
        var (replica, _) = await StartAsync(("Cache:MaxEntryBytes", "2000"));
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        replica.Cache.Store(replica.Plan(), Replica.Answer() with { Status = 429 });
        replica.Cache.Store(replica.Plan(), Replica.Answer(""));
        replica.Cache.Store(replica.Plan(), Replica.Answer(new string('x', 2001)));
        Assert.False((await replica.LookupAsync()).IsHit);
        Assert.Equal("too_large", Assert.Single(dropped.GetMeasurementSnapshot()).Tags["reason"]);
    }

    [Fact]
    public async Task Lookup_MemoryOff_TheStoreServes()
    {
        var (replica, _) = await StartAsync(("Cache:MemoryBytes", "0"));
        await replica.StoreAsync();
        Assert.Equal(CacheLevel.Store, (await replica.LookupAsync()).Level);
        Assert.Equal(CacheLevel.Store, (await replica.LookupAsync()).Level);
    }

    [Fact]
    public async Task Lookup_ClockOfTheWriterAhead_AgeIsZero()
    {
        var (replica, _) = await StartAsync();
        await replica.StoreAsync();
        var behind = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(Time.GetUtcNow() - TimeSpan.FromSeconds(20));
        await using var reader = new Replica(new FakeDapr(State), behind);
        Assert.Equal(TimeSpan.Zero, Assert.IsType<TimeSpan>((await reader.LookupAsync()).Age));
        Assert.True((await reader.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Logs_Never_HoldPromptsOrAnswers()
    {
        var (replica, dapr) = await StartAsync();
        await replica.StoreAsync(body: """{"secret":"answer"}""");
        dapr.Break();
        await replica.LookupAsync(replica.Plan("other"));
        await replica.StoreAsync(replica.Plan("other"));
        Assert.NotEmpty(replica.Logs.GetSnapshot());
        Assert.DoesNotContain(replica.Logs.GetSnapshot(), line => line.Message.Contains("secret", StringComparison.Ordinal) || line.Message.Contains("hi", StringComparison.Ordinal) && line.Message.Contains("content", StringComparison.Ordinal));
    }
}
