using LlmDapr.Sidecar.PubSub.Queue;

namespace LlmDapr.Sidecar.Tests.PubSub.Queue;

public sealed class GroupTests
{
    [Fact]
    public async Task TryTake_MessagesOfTheTopic_ComeInOrderAndOnce()
    {
        await using var rig = new QueueRig();
        await rig.PublishAsync("t", "1", "2");
        await rig.PublishAsync("other", "x");
        var group = await rig.JoinAsync("t", "app");
        await rig.PublishAsync("t", "3");

        Assert.Equal(["1", "2", "3"], QueueRig.Texts(QueueRig.TakeAll(group)));
        Assert.Null(group.TryTake());
    }

    [Fact]
    public async Task TryTake_TwoApps_EachGetsAll()
    {
        await using var rig = new QueueRig();
        var (one, two) = (await rig.JoinAsync("t", "one"), await rig.JoinAsync("t", "two"));
        await rig.PublishAsync("t", "1", "2");

        Assert.Equal(["1", "2"], QueueRig.Texts(QueueRig.TakeAll(one)));
        Assert.Equal(["1", "2"], QueueRig.Texts(QueueRig.TakeAll(two)));
    }

    [Fact]
    public async Task Return_AMessage_IsTheNextToBeTaken()
    {
        await using var rig = new QueueRig();
        await rig.PublishAsync("t", "1", "2", "3");
        var group = await rig.JoinAsync("t", "app");
        var first = group.TryTake()!;
        group.TryTake();

        group.Return(first);

        Assert.Equal(["1", "3"], QueueRig.Texts(QueueRig.TakeAll(group)));
    }

    [Fact]
    public async Task Listen_PublishAndReturn_Wake()
    {
        await using var rig = new QueueRig();
        var group = await rig.JoinAsync("t", "app");
        var woken = 0;
        void Wake() => woken++;
        group.Listen(Wake);

        await rig.PublishAsync("t", "1");
        Assert.Equal(1, woken);
        group.Return(group.TryTake()!);
        Assert.Equal(2, woken);
        group.Forget(Wake);
        await rig.PublishAsync("t", "2");
        Assert.Equal(2, woken);
    }

    [Theory]
    [InlineData(new[] { 0, 1, 2 }, new[] { "4", "5" })]
    [InlineData(new[] { 1, 3 }, new[] { "1", "3", "5" })]
    [InlineData(new[] { 4, 0 }, new[] { "2", "3", "4" })]
    [InlineData(new int[0], new[] { "1", "2", "3", "4", "5" })]
    public async Task Reopen_AfterAcks_WhatIsLeftComesAgain(int[] acked, string[] left)
    {
        await using var rig = new QueueRig();
        await rig.PublishAsync("t", "1", "2", "3", "4", "5");
        var group = await rig.JoinAsync("t", "app");
        var messages = QueueRig.TakeAll(group);
        foreach (var index in acked)
        {
            await group.AckAsync(messages[index], null);
        }

        await rig.ReopenAsync();

        Assert.Equal(left, QueueRig.Texts(QueueRig.TakeAll(await rig.JoinAsync("t", "app"))));
    }

    [Fact]
    public async Task Ack_InAnyOrder_LeavesNoNotesBehind()
    {
        await using var rig = new QueueRig();
        await rig.PublishAsync("t", [.. Enumerable.Range(0, 40).Select(i => $"{i}")]);
        var group = await rig.JoinAsync("t", "app");
        var messages = QueueRig.TakeAll(group);
        await Task.WhenAll(messages.Skip(1).Reverse().Select(message => group.AckAsync(message, null)));
        Assert.Equal(39, rig.Count("queue_acks"));

        await rig.ReopenAsync();
        group = await rig.JoinAsync("t", "app");
        var first = Assert.Single(QueueRig.TakeAll(group));
        await group.AckAsync(first, null);
        await rig.PublishAsync("t", "last");
        await group.AckAsync(group.TryTake()!, null);

        Assert.Equal(0, rig.Count("queue_acks"));
        await rig.ReopenAsync();
        Assert.Null((await rig.JoinAsync("t", "app")).TryTake());
    }

    [Fact]
    public async Task Ack_WithDeadLetterTopic_MovesTheMessage()
    {
        await using var rig = new QueueRig();
        await rig.Broker.PublishAsync("pubsub", "t", "bad"u8.ToArray(), new Dictionary<string, string> { ["foo"] = "bär" }, null, QueueRig.Cancel);
        var group = await rig.JoinAsync("t", "app");
        var dead = await rig.TopicAsync("dead");
        var reader = await rig.JoinAsync("dead", "app");
        Assert.Null(reader.TryTake());

        await group.AckAsync(group.TryTake()!, dead);

        var moved = reader.TryTake()!;
        Assert.Equal(("bad", "bär"), (QueueRig.Text(moved), moved.Metadata["foo"]));
        await rig.ReopenAsync();
        Assert.Null((await rig.JoinAsync("t", "app")).TryTake());
        Assert.NotNull((await rig.JoinAsync("dead", "app")).TryTake());
    }

    [Fact]
    public async Task Ack_DataFileClosed_FailsAndTheMessageStaysPending()
    {
        await using var rig = new QueueRig();
        await rig.PublishAsync("t", "1");
        var group = await rig.JoinAsync("t", "app");
        var message = group.TryTake()!;
        await rig.Database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => group.AckAsync(message, null));

        await rig.ReopenAsync();
        Assert.NotNull((await rig.JoinAsync("t", "app")).TryTake());
    }

    [Fact]
    public async Task TryTake_LongBacklog_HoldsOnePageInMemory()
    {
        const int Count = 5000;
        await using var rig = new QueueRig();
        var data = new byte[8 * 1024];
        await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => rig.Broker.PublishAsync("pubsub", "t", data, new Dictionary<string, string>(), null, QueueRig.Cancel)));
        var group = await rig.JoinAsync("t", "app");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var taken = 0;
        long most = 0;
        while (group.TryTake() is { } message)
        {
            await group.AckAsync(message, null);
            if (++taken % 1000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(Count, taken);
        Assert.InRange(most, long.MinValue, 8 * 1024 * 1024);
    }
}
