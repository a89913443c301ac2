using System.Threading.Channels;
using Dapr;
using Dapr.Client;
using LlmDapr.Sidecar.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Sidecar.Tests.PubSub.Subscriptions;

/// <summary>The real SDK at both ends: DaprClient publishes, an ASP.NET Core app subscribes.</summary>
public sealed class DaprSdkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_WithDaprClient_ReachesTheHandlersOfAspNetCore()
    {
        using var files = new PubSubFiles();
        var got = Channel.CreateUnbounded<string>();
        await using var web = await StartAppAsync(got.Writer);
        await using var host = await SidecarHost.StartAsync(
            [
                new SidecarOptions { AppId = "publisher", ResourcesPaths = [files.Path] },
                new SidecarOptions { AppId = "subscriber", AppPort = PortOf(web), ResourcesPaths = [files.Path] },
            ],
            cancellationToken: Cancel);
        using var client = new DaprClientBuilder()
            .UseGrpcEndpoint($"http://127.0.0.1:{host.Instances[0].GrpcPort}")
            .UseHttpEndpoint($"http://127.0.0.1:{host.Instances[0].HttpPort}")
            .Build();

        await client.PublishEventAsync("pubsub", "orders", new Order("one", 1.5), Cancel);
        Assert.Equal("order one 1.5", await got.Reader.ReadAsync(Cancel));

        await client.PublishEventAsync("pubsub", "orders", new Order("two", 2), new Dictionary<string, string> { ["cloudevent.type"] = "special", ["ttlInSeconds"] = "60" }, Cancel);
        Assert.Equal("special two", await got.Reader.ReadAsync(Cancel));

        await client.PublishByteEventAsync("pubsub", "bytes", new byte[] { 0, 255 }, "application/octet-stream", cancellationToken: Cancel);
        Assert.Equal("bytes 00FF", await got.Reader.ReadAsync(Cancel));
    }

    private static async Task<WebApplication> StartAppAsync(ChannelWriter<string> got)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var web = builder.Build();
        web.UseRouting();
        web.UseCloudEvents();
        web.MapSubscribeHandler();
        web.MapPost("/orders", [Topic("pubsub", "orders")] (Order order) => got.TryWrite($"order {order.Name} {FormattableString.Invariant($"{order.Price}")}"));
        web.MapPost("/special", (Order order) => got.TryWrite($"special {order.Name}")).WithTopic(new TopicOptions { PubsubName = "pubsub", Name = "orders", Match = "event.type == \"special\"", Priority = 1 });
        web.MapPost("/bytes", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            got.TryWrite($"bytes {Convert.ToHexString(body.ToArray())}");
        }).WithTopic("pubsub", "bytes");
        await web.StartAsync(Cancel);
        return web;
    }

    private static int PortOf(WebApplication web) =>
        BindingAddress.Parse(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    private sealed record Order(string Name, double Price);
}
