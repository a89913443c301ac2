using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Store;
using LlmDapr.PromptCache.Tests.Fakes;

namespace LlmDapr.PromptCache.Tests.Store;

public sealed class StateWriterTests : StoreTest
{
    [Fact]
    public async Task Store_QueueFull_DropsCountsAndHoldsNobody()
    {
        var (replica, dapr) = await StartAsync(("Cache:MaxPendingWrites", "10"));
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        dapr.Hang();
        for (var i = 0; i < 100; i++)
        {
            replica.Cache.Store(PlanOf(replica, i), Replica.Answer());
        }

        // Eight are being written and ten wait, at most.
        Assert.InRange(dropped.GetMeasurementSnapshot().Count(measured => (string)measured.Tags["reason"]! == "queue_full"), 82, 90);
        Assert.Equal(CacheLevel.Memory, (await replica.LookupAsync(PlanOf(replica, 99))).Level);
    }

    [Fact]
    public async Task Store_TooManyBytesWait_Drops()
    {
        var (replica, dapr) = await StartAsync(("Cache:MaxPendingBytes", "1048576"));
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        dapr.Hang();
        for (var i = 0; i < 20; i++)
        {
            replica.Cache.Store(PlanOf(replica, i), Replica.Answer(new string('x', 100_000)));
        }

        Assert.Equal(10, dropped.GetMeasurementSnapshot().Count);
    }

    [Fact]
    public async Task Store_StoreHangsThenAnswers_LaterAnswersAreSaved()
    {
        var (replica, dapr) = await StartAsync();
        dapr.Hang();
        for (var i = 0; i < 20; i++)
        {
            replica.Cache.Store(PlanOf(replica, i), Replica.Answer());
        }

        using var stored = replica.Count(CacheMetrics.StoredName);
        await Eventually(() => dapr.Saves >= 8);
        dapr.Heal();
        while (stored.GetMeasurementSnapshot().Count < 12)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await replica.StoreAsync(PlanOf(replica, 100));
        Assert.Contains(PlanOf(replica, 100).Key.StateName, State.Keys);
    }

    [Fact]
    public async Task Store_SaveFails_IsDroppedAndMemoryStillServes()
    {
        var (replica, dapr) = await StartAsync();
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        dapr.Break();
        await replica.StoreAsync();
        Assert.Equal("store_failed", Assert.Single(dropped.GetMeasurementSnapshot()).Tags["reason"]);
        Assert.Equal(CacheLevel.Memory, (await replica.LookupAsync()).Level);
    }

    [Fact]
    public async Task StopAsync_WhatWaits_IsSavedFirst()
    {
        var (replica, dapr) = await StartAsync();
        var opened = new TaskCompletionSource();
        dapr.Before = (_, _) => opened.Task;
        for (var i = 0; i < 50; i++)
        {
            replica.Cache.Store(PlanOf(replica, i), Replica.Answer());
        }

        var stopping = replica.Get<StateWriter>().StopAsync(TestContext.Current.CancellationToken);
        opened.SetResult();
        await stopping;
        Assert.Equal(50, State.Keys.Count);
    }

    [Fact]
    public async Task StopAsync_StoreHangs_EndsAfterFiveSeconds()
    {
        var (replica, dapr) = await StartAsync(("Cache:WriteTimeout", "00:01:00"));
        dapr.Hang();
        for (var i = 0; i < 50; i++)
        {
            replica.Cache.Store(PlanOf(replica, i), Replica.Answer());
        }

        var stopping = replica.Get<StateWriter>().StopAsync(TestContext.Current.CancellationToken);
        Time.Advance(TimeSpan.FromSeconds(4.9));
        await Task.Yield();
        Assert.False(stopping.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping;
        Assert.Empty(State.Keys);
    }

    [Fact]
    public async Task Store_AfterStop_IsDroppedWithoutError()
    {
        var (replica, _) = await StartAsync();
        await replica.Get<StateWriter>().StopAsync(TestContext.Current.CancellationToken);
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        replica.Cache.Store(replica.Plan(), Replica.Answer());
        Assert.Single(dropped.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task Store_ExpiredBeforeItsTurn_IsNotSaved()
    {
        var dapr = new FakeDapr(State);
        await using var replica = new Replica(dapr, Time);
        using var dropped = replica.Count(CacheMetrics.DroppedName);
        replica.Cache.Store(replica.Plan(ttl: "5"), Replica.Answer());
        Time.Advance(TimeSpan.FromSeconds(6));
        await replica.StartAsync();
        await dropped.WaitForMeasurementsAsync(1, TestContext.Current.CancellationToken);
        Assert.Equal(("expired", 0), (dropped.LastMeasurement!.Tags["reason"], dapr.Saves));
    }

    private static CachePlan PlanOf(Replica replica, int i) => replica.Plan($"tenant{i}");

    private static async Task Eventually(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
