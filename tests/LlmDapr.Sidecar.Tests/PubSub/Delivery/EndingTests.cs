using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Tests.Resiliency;

namespace LlmDapr.Sidecar.Tests.PubSub.Delivery;

/// <summary>Sidecars that end, and apps that are ill.</summary>
public sealed class EndingTests
{
    private const string OneTopic = """[{"pubsubname":"pubsub","topic":"t","route":"/in"}]""";

    [Fact]
    public async Task Shutdown_DeliveryInFlight_IsWaitedForAndNothingNewIsTaken()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        var release = new TaskCompletionSource();
        await using var app = await SubscriberApp.StartAsync(OneTopic, (arrival, _) => arrival.Data == "1" ? release.Task : Task.CompletedTask);
        await using (var rig = await PubSubRig.StartAsync(folder, [App("worker", app, grace: 60)]))
        {
            await rig.PublishAsync("t", "1");
            await app.NextAsync();
            await rig.PublishAsync("t", "2");

            var ended = rig.Host.ShutdownAsync();
            Assert.False(ended.IsCompleted);
            release.SetResult();
            Assert.True(await ended);
            Assert.Equal(["1"], app.All);
        }

        await using var again = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        Assert.Equal("2", (await app.NextAsync()).Data);
        Assert.Equal(["1", "2"], app.All);
    }

    [Fact]
    public async Task Shutdown_HandlerLongerThanTheGrace_IsDeliveredAgain()
    {
        using var folder = new PubSubFolder("{policy: constant, duration: 1s, maxRetries: 0}", ("concurrency", "1"));
        var aborted = new TaskCompletionSource();
        await using var app = await SubscriberApp.StartAsync(OneTopic, async (_, context) =>
        {
            if (!aborted.Task.IsCompleted)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                aborted.TrySetResult();
            }
        });
        await using (var rig = await PubSubRig.StartAsync(folder, [App("worker", app, grace: 0)]))
        {
            await rig.PublishAsync("t", "1");
            await app.NextAsync();
            await rig.Host.ShutdownAsync();
        }

        await aborted.Task;
        await using var again = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        Assert.Equal("1", (await app.NextAsync()).Data);
    }

    [Fact]
    public async Task Shutdown_WhileARetryWaits_KeepsTheMessagePending()
    {
        using var folder = new PubSubFolder("{policy: constant, duration: 1h, maxRetries: 1}");
        var time = new SteppedTime();
        var status = 503;
        await using var app = await SubscriberApp.StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/in","deadLetterTopic":"dead"},{"pubsubname":"pubsub","topic":"dead","route":"/dead"}]""",
            (_, context) =>
            {
                context.Response.StatusCode = status;
                return Task.CompletedTask;
            });
        await using (var rig = await PubSubRig.StartAsync(folder, [App("worker", app, grace: 60)], time))
        {
            await rig.PublishAsync("t", "1");
            await app.NextAsync();
            while (await time.NextDelayAsync() != TimeSpan.FromHours(1))
            {
                // Another part's timer.
            }

            await rig.Host.ShutdownAsync();
        }

        status = 200;
        await using var again = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        Assert.Equal("/in", (await app.NextAsync()).Path);
    }

    [Fact]
    public async Task Shutdown_HandlerFailsMeanwhile_KeepsTheMessagePending()
    {
        using var folder = new PubSubFolder();
        var release = new TaskCompletionSource();
        var status = 500;
        await using var app = await SubscriberApp.StartAsync(
            """[{"pubsubname":"pubsub","topic":"t","route":"/in","deadLetterTopic":"dead"},{"pubsubname":"pubsub","topic":"dead","route":"/dead"}]""",
            async (_, context) =>
            {
                await release.Task;
                context.Response.StatusCode = status;
            });
        await using (var rig = await PubSubRig.StartAsync(folder, [App("worker", app, grace: 60)]))
        {
            await rig.PublishAsync("t", "1");
            await app.NextAsync();
            var ended = rig.Host.ShutdownAsync();
            release.SetResult();
            await ended;
        }

        status = 200;
        await using var again = await PubSubRig.StartAsync(folder, [App("worker", app)]);
        Assert.Equal("/in", (await app.NextAsync()).Path);
    }

    [Fact]
    public async Task BeginShutdown_OfOneInstance_HandsWhatItHeldToTheOther()
    {
        using var folder = new PubSubFolder(("concurrency", "1"));
        await using var stuck = await SubscriberApp.StartAsync(
            OneTopic, (_, context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default));
        var free = new TaskCompletionSource();
        await using var other = await SubscriberApp.StartAsync(OneTopic, (arrival, _) => arrival.Data == "a" ? free.Task : Task.CompletedTask);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", stuck, grace: 0), App("worker", other)]);

        // Both have one; which of them has which is chance.
        await rig.PublishAsync("t", "a");
        await rig.PublishAsync("t", "b");
        var held = (await stuck.NextAsync()).Data;
        await other.NextAsync();
        free.SetResult();
        rig.Host.Instances[1].BeginShutdown();

        Assert.Equal(held, (await other.NextAsync()).Data);
    }

    [Fact]
    public async Task Publish_AppOfOneInstanceIsGone_TheOtherGetsAll()
    {
        using var folder = new PubSubFolder();
        var gone = await SubscriberApp.StartAsync(OneTopic);
        await using var other = await SubscriberApp.StartAsync(OneTopic);
        await using var rig = await PubSubRig.StartAsync(folder, [App("worker", gone), App("worker", other)]);
        await rig.PublishAsync("t", "before");
        await Task.WhenAny(gone.NextAsync().AsTask(), other.NextAsync().AsTask());
        await gone.DisposeAsync();
        string[] sent = [.. Enumerable.Range(0, 40).Select(i => $"{i}")];

        await Task.WhenAll(sent.Select(data => rig.PublishAsync("t", data)));
        while (other.All.Count(arrival => arrival != "before") < sent.Length)
        {
            await other.NextAsync();
        }

        Assert.Equal(sent.Order(StringComparer.Ordinal), other.All.Where(arrival => arrival != "before").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Publish_AppIsIll_WaitsUntilItIsWell()
    {
        using var folder = new PubSubFolder();
        var time = new SteppedTime();
        await using var app = await SubscriberApp.StartAsync(OneTopic);
        await using var audit = await SubscriberApp.StartAsync(OneTopic);
        var options = App("worker", app) with { EnableAppHealthCheck = true, AppHealthThreshold = 1 };
        await using var rig = await PubSubRig.StartAsync(folder, [options, App("audit", audit)], time);
        await rig.PublishAsync("t", "1");
        Assert.Equal("1", (await app.NextAsync()).Data);

        app.Health = 500;
        await ProbeAsync(time, options);
        while (rig.Host.Instances[1].AppIsHealthy)
        {
            await ProbeAsync(time, options);
        }

        await audit.NextAsync();
        await rig.PublishAsync("t", "2");
        await audit.NextAsync();
        Assert.Equal(["1"], app.All);

        app.Health = 200;
        await ProbeAsync(time, options);
        Assert.Equal("2", (await app.NextAsync()).Data);
    }

    // The clock stands until the probe that runs has ended and the wait for the next has begun.
    private static async Task ProbeAsync(SteppedTime time, SidecarOptions options)
    {
        while (await time.NextDelayAsync() != options.AppHealthProbeInterval)
        {
            // Another part's timer.
        }

        time.Advance(options.AppHealthProbeInterval);
    }

    private static SidecarOptions App(string id, SubscriberApp app, int grace = 5) =>
        new() { AppId = id, AppPort = app.Port, GracefulShutdown = TimeSpan.FromSeconds(grace) };
}
