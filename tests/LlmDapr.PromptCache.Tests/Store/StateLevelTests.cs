using System.Text;
using LlmDapr.PromptCache.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Tests.Store;

public sealed class StateLevelTests : StoreTest
{
    [Fact]
    public async Task Lookup_StoreHangs_IsAMissAfter150Milliseconds()
    {
        var (replica, dapr) = await StartAsync();
        await replica.LookupAsync();
        dapr.Hang();

        var lookup = replica.LookupAsync().AsTask();
        Time.Advance(TimeSpan.FromMilliseconds(149));
        await Task.Yield();
        Assert.False(lookup.IsCompleted);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False((await lookup).IsHit);
    }

    [Fact]
    public async Task Lookup_StoreHangs_BreakerSparesLaterRequestsTheirWait()
    {
        var (replica, dapr) = await StartAsync();
        using var errors = replica.Count(CacheMetrics.StoreErrorsName);
        dapr.Hang();
        for (var i = 0; i < 4; i++)
        {
            await PassUntilAsync(replica.LookupAsync().AsTask());
        }

        var asked = dapr.Gets;
        for (var i = 0; i < 100; i++)
        {
            var lookup = replica.LookupAsync();
            Assert.True(lookup.IsCompleted);
            Assert.False((await lookup).IsHit);
        }

        Assert.Equal(asked, dapr.Gets);
        Assert.Equal(100, errors.GetMeasurementSnapshot().Count(measured => (string)measured.Tags["reason"]! == "breaker_open"));
    }

    [Fact]
    public async Task Lookup_StoreFailsUnderLoad_FewRequestsMeetIt()
    {
        // What went well just before must not make the breaker slow.
        var (replica, dapr) = await StartAsync();
        for (var i = 0; i < 400; i++)
        {
            await replica.LookupAsync();
        }

        dapr.Break();
        for (var i = 0; i < 400; i++)
        {
            await replica.LookupAsync();
        }

        Assert.InRange(dapr.Gets, 404, 510);
    }

    [Fact]
    public async Task Lookup_StoreIsBack_HitsComeBackWithinTwoSeconds()
    {
        var (replica, dapr) = await StartAsync(("Cache:MemoryBytes", "0"));
        await replica.StoreAsync();
        dapr.Break();
        for (var i = 0; i < 10; i++)
        {
            Assert.False((await replica.LookupAsync()).IsHit);
        }

        dapr.Heal();
        Assert.False((await replica.LookupAsync()).IsHit);
        Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(CacheLevel.Store, (await replica.LookupAsync()).Level);
        Assert.Equal(CacheLevel.Store, (await replica.LookupAsync()).Level);
    }

    [Fact]
    public async Task Lookup_StoreStaysDead_OneRequestInTwoSecondsTriesIt()
    {
        var (replica, dapr) = await StartAsync();
        await replica.LookupAsync();
        dapr.Break();
        for (var i = 0; i < 10; i++)
        {
            await replica.LookupAsync();
        }

        for (var second = 0; second < 10; second++)
        {
            var asked = dapr.Gets;
            Time.Advance(TimeSpan.FromSeconds(2));
            for (var i = 0; i < 10; i++)
            {
                await replica.LookupAsync();
            }

            Assert.Equal(asked + 1, dapr.Gets);
        }
    }

    [Fact]
    public async Task Lookup_Outage_IsOneLineInTheLogAndOneWhenItEnds()
    {
        var (replica, dapr) = await StartAsync(("Cache:MemoryBytes", "0"));
        await replica.StoreAsync();
        dapr.Break();
        for (var i = 0; i < 200; i++)
        {
            await replica.LookupAsync();
            await replica.StoreAsync(replica.Plan(cacheControl: "no-cache"));
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(["StoreFails"], Lines(replica));
        dapr.Heal();
        Time.Advance(TimeSpan.FromSeconds(6));
        await replica.LookupAsync();
        await replica.LookupAsync();
        Assert.Equal(["StoreFails", "StoreAnswersAgain"], Lines(replica));
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("{\"json\":1}")]
    [InlineData("LDC")]
    public async Task Lookup_StoreReturnsWhatIsNoEntry_IsAMiss(string text)
    {
        var (replica, _) = await StartAsync();
        State.Put(replica.Plan().Key.StateName, Encoding.UTF8.GetBytes(text));
        Assert.False((await replica.LookupAsync()).IsHit);
        await replica.StoreAsync();
        Assert.True((await replica.LookupAsync()).IsHit);
    }

    [Fact]
    public async Task Lookup_ForeignBytesOften_DoNotOpenTheBreaker()
    {
        var (replica, dapr) = await StartAsync();
        State.Put(replica.Plan().Key.StateName, "rubbish"u8.ToArray());
        for (var i = 0; i < 50; i++)
        {
            await replica.LookupAsync();
        }

        Assert.Equal(50, dapr.Gets);
        Assert.Empty(Lines(replica));
    }

    [Fact]
    public async Task Lookup_CallerHasLeft_SaysSoAndCountsNothingAgainstTheStore()
    {
        var (replica, dapr) = await StartAsync();
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        for (var i = 0; i < 20; i++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await replica.Cache.LookupAsync(replica.Plan(), left.Token));
        }

        Assert.Equal(20, dapr.Gets);
        Assert.False((await replica.LookupAsync()).IsHit);
        Assert.Equal(21, dapr.Gets);
    }

    private static string?[] Lines(Replica replica) => [.. replica.Logs.GetSnapshot().Where(line => line.Level >= LogLevel.Information).Select(line => line.Id.Name)];
}
