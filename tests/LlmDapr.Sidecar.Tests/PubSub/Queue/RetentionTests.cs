using LlmDapr.Sidecar.PubSub.Queue;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Tests.PubSub.Queue;

public sealed class RetentionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sweep_AcknowledgedByAll_GoesAfterAnHour()
    {
        await using var rig = new QueueRig();
        await using var retention = new Retention(rig.Database, rig.Time, NullLogger.Instance);
        var (one, two) = (await rig.JoinAsync("t", "one"), await rig.JoinAsync("t", "two"));
        await rig.PublishAsync("t", "1", "2");
        foreach (var message in QueueRig.TakeAll(one))
        {
            await one.AckAsync(message, null);
        }

        await two.AckAsync(two.TryTake()!, null);

        rig.Time.Advance(Retention.MostAge - TimeSpan.FromSeconds(1));
        Assert.Equal(0, await retention.SweepAsync(Cancel));
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        await retention.SweepAsync(Cancel);

        // The clock's own sweep may have been first.
        Assert.Equal(1, rig.Count("queue_messages"));
        await rig.ReopenAsync();
        Assert.Equal(["2"], QueueRig.Texts(QueueRig.TakeAll(await rig.JoinAsync("t", "two"))));
    }

    [Fact]
    public async Task Sweep_MoreThanTheCount_TakesTheOldestAcknowledged()
    {
        await using var rig = new QueueRig();
        await using var retention = new Retention(rig.Database, rig.Time, NullLogger.Instance, mostMessages: 3);
        var group = await rig.JoinAsync("t", "app");
        await rig.PublishAsync("t", "1", "2", "3", "4", "5", "6");
        var messages = QueueRig.TakeAll(group);
        await group.AckAsync(messages[0], null);
        await group.AckAsync(messages[1], null);

        Assert.Equal(2, await retention.SweepAsync(Cancel));
        foreach (var message in messages.Skip(2))
        {
            await group.AckAsync(message, null);
        }

        Assert.Equal(1, await retention.SweepAsync(Cancel));
        Assert.Equal(["4", "5", "6"], QueueRig.Texts(QueueRig.TakeAll(await rig.JoinAsync("t", "late"))));
    }

    [Fact]
    public async Task Sweep_TopicWithoutSubscribers_KeepsEverythingForAWeek()
    {
        await using var rig = new QueueRig();
        await using var retention = new Retention(rig.Database, rig.Time, NullLogger.Instance, mostMessages: 1);
        await rig.PublishAsync("t", "1", "2", "3");

        rig.Time.Advance(Retention.MostAgeUnsubscribed - TimeSpan.FromMinutes(2));
        Assert.Equal(0, await retention.SweepAsync(Cancel));
        Assert.Equal(3, rig.Count("queue_messages"));
        rig.Time.Advance(TimeSpan.FromMinutes(3));
        await retention.SweepAsync(Cancel);
        Assert.Equal(0, rig.Count("queue_messages"));
    }

    [Fact]
    public async Task Publish_AfterATopicWasEmptied_GetsANewId()
    {
        await using var rig = new QueueRig();
        var group = await rig.JoinAsync("t", "app");
        await rig.PublishAsync("t", "1");
        await group.AckAsync(group.TryTake()!, null);
        await using (var retention = new Retention(rig.Database, rig.Time, NullLogger.Instance, mostMessages: 0))
        {
            Assert.Equal(1, await retention.SweepAsync(Cancel));
        }

        await rig.ReopenAsync();
        await rig.PublishAsync("t", "2");

        Assert.Equal(["2"], QueueRig.Texts(QueueRig.TakeAll(await rig.JoinAsync("t", "app"))));
    }
}
