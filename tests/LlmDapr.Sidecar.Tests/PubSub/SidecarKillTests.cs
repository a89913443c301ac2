using System.Collections.Concurrent;

namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>A real sidecar process is killed (SIGKILL) and started again on the same data file.</summary>
public sealed class SidecarKillTests
{
    private const string OneTopic = """[{"pubsubname":"pubsub","topic":"t","route":"/in"}]""";

    [Fact]
    public async Task Kill_BetweenPublishAndDelivery_LosesNothing()
    {
        using var folder = new PubSubFolder();
        using var client = new HttpClient();
        string[] sent = [.. Enumerable.Range(0, 200).Select(i => $"{i}")];
        await using (var sidecar = KillableSidecar.Start(folder, "--app-id", "publisher"))
        {
            var port = await sidecar.PortAsync();
            await Task.WhenAll(sent.Select(data => PubSubRig.PublishAsync(client, port, "t", data)));
            await sidecar.KillAsync();
        }

        await using var app = await SubscriberApp.StartAsync(OneTopic);
        await using var again = KillableSidecar.Start(folder, "--app-id", "worker", "--app-port", $"{app.Port}");
        await again.PortAsync();

        Assert.Equal(sent.Order(StringComparer.Ordinal), (await app.NextAsync(sent.Length)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Kill_DuringDeliveries_BringsAgainWhatWasHeldAndOnlyThat()
    {
        const int Concurrency = 5;
        using var folder = new PubSubFolder(("concurrency", $"{Concurrency}"));
        using var client = new HttpClient();
        var blocked = new ConcurrentBag<string>();
        var blocks = false;
        await using var app = await SubscriberApp.StartAsync(OneTopic, async (arrival, context) =>
        {
            if (Volatile.Read(ref blocks))
            {
                blocked.Add(arrival.Data);
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        });
        string[] worker = ["--app-id", "worker", "--app-port", $"{app.Port}"];
        string[] held = [.. Enumerable.Range(0, 3 * Concurrency).Select(i => $"held {i}")];
        await using (var sidecar = KillableSidecar.Start(folder, worker))
        {
            var port = await sidecar.PortAsync();
            for (var i = 0; i < 20; i++)
            {
                await PubSubRig.PublishAsync(client, port, "t", $"done {i}");
            }

            await app.NextAsync(20);
            Volatile.Write(ref blocks, true);
            foreach (var data in held)
            {
                await PubSubRig.PublishAsync(client, port, "t", data);
            }

            // They fill every place, so all the others have been acknowledged.
            await app.NextAsync(Concurrency);
            await sidecar.KillAsync();
            Volatile.Write(ref blocks, false);
        }

        await using var again = KillableSidecar.Start(folder, worker);
        var later = await app.NextAsync(held.Length);
        await PubSubRig.PublishAsync(client, await again.PortAsync(), "t", "last");

        Assert.Equal(Concurrency, blocked.Count);
        Assert.Equal(held.Order(StringComparer.Ordinal), later.Order(StringComparer.Ordinal));
        Assert.Equal("last", (await app.NextAsync()).Data);
    }
}
