using System.Net;
using System.Text;
using LlmDapr.Sidecar.Hosting;

namespace LlmDapr.Sidecar.Tests.PubSub;

/// <summary>Sidecars of one process on a folder's broker: the first is a publisher without an app.</summary>
internal sealed class PubSubRig : IAsyncDisposable
{
    private readonly HttpClient _client = new();

    private PubSubRig(SidecarHost host) => Host = host;

    /// <summary>The process.</summary>
    public SidecarHost Host { get; }

    /// <summary>Starts them.</summary>
    public static async Task<PubSubRig> StartAsync(PubSubFolder folder, IReadOnlyList<SidecarOptions> apps, TimeProvider? time = null)
    {
        SidecarOptions[] all = [new() { AppId = "publisher" }, .. apps];
        var host = await SidecarHost.StartAsync(
            [.. all.Select(options => options with { ResourcesPaths = [folder.Resources] })],
            time: time,
            dataFile: folder.DataFile,
            cancellationToken: TestContext.Current.CancellationToken);
        return new PubSubRig(host);
    }

    /// <summary>Publishes a text; it is durable afterwards.</summary>
    public Task PublishAsync(string topic, string data, string metadata = "") => PublishAsync(_client, Host.Instances[0].HttpPort, topic, data, metadata);

    /// <summary>Publishes a text by any sidecar; it is durable afterwards.</summary>
    public static async Task PublishAsync(HttpClient client, int port, string topic, string data, string metadata = "")
    {
        using var body = new StringContent(data, Encoding.UTF8, "text/plain");
        using var answer = await client.PostAsync(new Uri($"http://127.0.0.1:{port}/v1.0/publish/pubsub/{topic}{metadata}"), body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Host.DisposeAsync();
    }
}
