using System.Text.Json;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Tests.Resiliency;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.PubSub.Delivery;

public sealed class DeliveryTests
{
    private const string OneTopic = """[{"pubsubname":"pubsub","topic":"t","route":"/in"}]""";

    [Fact]
    public async Task Publish_WithASubscriber_BringsTheEvent()
    {
        using var folder = new PubSubFolder();
        await using var app = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app)]);

        await rig.PublishAsync("t", "hello");

        var arrival = await app.NextAsync();
        Assert.Equal(("/in", "hello"), (arrival.Path, arrival.Data));
    }

    [Fact]
    public async Task Publish_ConcurrencyOfOne_KeepsTheOrder()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        await using var app = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        string[] sent = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];

        foreach (var data in sent)
        {
            await rig.PublishAsync("t", data);
        }

        Assert.Equal(sent, await app.NextAsync(sent.Length));
    }

    [Fact]
    public async Task Publish_TwoTopicsOfAComponent_ShareItsConcurrency()
    {
        using var folder = new PubSubFolder(("concurrency", "3"));
        var release = new TaskCompletionSource();
        await using var app = await SubscriberApp.StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/in"},{"pubsubname":"pubsub","topic":"u","route":"/in"}]""", (_, _) => release.Task);
        await using var other = await SubscriberApp.StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/in"},{"pubsubname":"pubsub","topic":"u","route":"/in"}]""");
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app), App("other", other)]);

        for (var i = 0; i < 10; i++)
        {
            await rig.PublishAsync("t", $"{i}");
            await rig.PublishAsync("u", $"{i}");
        }

        // The other app has had all of them, so this one would have, too, were it not for its limit.
        await other.NextAsync(20);
        await app.NextAsync(3);
        Assert.Equal(3, app.All.Count);
        release.SetResult();
        await app.NextAsync(17);
    }

    [Fact]
    public async Task Publish_AppMaxConcurrency_LimitsDeliveriesToo()
    {
        using var folder = new PubSubFolder();
        var release = new TaskCompletionSource();
        await using var app = await SubscriberApp.StartAsync(OneTopic, (_, _) => release.Task);
        await using var other = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app) with { AppMaxConcurrency = 2 }, App("other", other)]);

        for (var i = 0; i < 10; i++)
        {
            await rig.PublishAsync("t", $"{i}");
        }

        await other.NextAsync(10);
        await app.NextAsync(2);
        Assert.Equal(2, app.All.Count);
        release.SetResult();
        await app.NextAsync(8);
    }

    [Fact]
    public async Task Publish_TwoInstancesAndAnotherApp_ShareAndFanOut()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());

        // Neither goes on before the other has a message: both must take part.
        await using var one = await SubscriberApp.StartAsync(OneTopic, (_, _) => MeetAsync(first, second));
        await using var two = await SubscriberApp.StartAsync(OneTopic, (_, _) => MeetAsync(second, first));
        await using var audit = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", one), App("worker", two), App("audit", audit)]);
        string[] sent = [.. Enumerable.Range(0, 100).Select(i => $"{i}")];

        await Task.WhenAll(sent.Select(data => rig.PublishAsync("t", data)));
        var audited = await audit.NextAsync(sent.Length);
        await rig.PublishAsync("t", "last");
        await audit.NextAsync();
        while (one.All.Count + two.All.Count <= sent.Length)
        {
            await Task.WhenAny(one.NextAsync().AsTask(), two.NextAsync().AsTask());
        }

        Assert.Equal(sent.Order(StringComparer.Ordinal), audited.Order(StringComparer.Ordinal));
        Assert.Equal([.. sent.Order(StringComparer.Ordinal), "last"], one.All.Concat(two.All).Order(StringComparer.Ordinal));
        Assert.NotEmpty(one.All);
        Assert.NotEmpty(two.All);
    }

    [Fact]
    public async Task Publish_TtlEnded_IsNotDelivered()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        var release = new TaskCompletionSource();
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var app = await SubscriberApp.StartAsync(OneTopic, (arrival, _) => arrival.Data == "first" ? release.Task : Task.CompletedTask);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app)], time);
        await rig.PublishAsync("t", "first");
        await app.NextAsync();

        await rig.PublishAsync("t", "short", "?metadata.ttlInSeconds=60");
        await rig.PublishAsync("t", "long", "?metadata.ttlInSeconds=120");
        await rig.PublishAsync("t", "never", "?metadata.ttlInSeconds=0");
        await rig.PublishAsync("t", "last");
        time.Advance(TimeSpan.FromSeconds(61));
        release.SetResult();

        Assert.Equal(["long", "last"], await app.NextAsync(2));
    }

    [Fact]
    public async Task Answer_ServerErrorWithDeadLetterTopic_MovesTheSameBytes()
    {
        using var folder = new PubSubFolder("{policy: constant, duration: 1ms, maxRetries: 2}");
        await using var app = await SubscriberApp.StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/in","deadLetterTopic":"dead"},{"pubsubname":"pubsub","topic":"dead","route":"/dead"}]""",
            (arrival, context) => AnswerAsync(context, arrival.Path == "/in" ? 503 : 200));
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app)]);

        await rig.PublishAsync("t", "bad", "?metadata.foo=bar");

        var arrivals = new List<SubscriberApp.Arrival>();
        for (var i = 0; i < 4; i++)
        {
            arrivals.Add(await app.NextAsync());
        }

        Assert.Equal(["/in", "/in", "/in", "/dead"], arrivals.Select(arrival => arrival.Path));
        Assert.Single(arrivals.Select(arrival => arrival.Body).Distinct());
        Assert.Equal("t", JsonDocument.Parse(arrivals[3].Body).RootElement.GetProperty("topic").GetString());
    }

    [Fact]
    public async Task Answer_ServerErrorWithEndlessRetry_IsTriedAfterEachDelay()
    {
        using var folder = new PubSubFolder("{policy: constant, duration: 5s, maxRetries: -1}");
        var time = new SteppedTime();
        var answers = new Queue<int>([503, 429, 200]);
        await using var app = await SubscriberApp.StartAsync(OneTopic, (arrival, context) => AnswerAsync(context, arrival.Data == "bad" ? answers.Dequeue() : 200));
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app)], time);

        await rig.PublishAsync("t", "bad");
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.Equal("bad", (await app.NextAsync()).Data);
            while (await time.NextDelayAsync() != TimeSpan.FromSeconds(5))
            {
                // Another part's timer.
            }

            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal("bad", (await app.NextAsync()).Data);
        await rig.PublishAsync("t", "next");
        Assert.Equal("next", (await app.NextAsync()).Data);
    }

    [Fact]
    public async Task Answer_ServerErrorWithoutPolicy_IsAcknowledgedAndGone()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        await using var app = await SubscriberApp.StartAsync(OneTopic, (arrival, context) => AnswerAsync(context, arrival.Data == "bad" ? 500 : 200));
        await using (var rig = await PubSubRig.StartAsync(folder, [App("worker", app)]))
        {
            await rig.PublishAsync("t", "bad");
            await rig.PublishAsync("t", "good");
            Assert.Equal(["bad", "good"], await app.NextAsync(2));
            await rig.Host.ShutdownAsync();
        }

        await using var again = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        await again.PublishAsync("t", "last");
        Assert.Equal("last", (await app.NextAsync()).Data);
    }

    [Fact]
    public async Task Publish_NewApp_GetsTheTopicsHistory()
    {
        using var folder = new PubSubFolder();
        await using var app = await SubscriberApp.StartAsync(OneTopic);
        await using (var before = await PubSubRig.StartAsync(folder, [App("worker", app)]))
        {
            await before.PublishAsync("t", "1");
            await before.PublishAsync("t", "2");
            await app.NextAsync(2);
            await before.Host.ShutdownAsync();
        }

        await using var late = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", app), App("late", late)]);

        Assert.Equal(["1", "2"], (await late.NextAsync(2)).Order(StringComparer.Ordinal));
        Assert.Equal(2, app.All.Count);
    }

    private static async Task MeetAsync(TaskCompletionSource here, TaskCompletionSource there)
    {
        here.TrySetResult();
        await there.Task;
    }

    private static SidecarOptions App(string id, SubscriberApp app) => new() { AppId = id, AppPort = app.Port };

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
