using System.Text;
using Dapr;
using Grpc.Core;
using LlmDapr.Sidecar.Tests.InProcess;
using Microsoft.AspNetCore.Http;
using static LlmDapr.Sidecar.Tests.Grpc.StateSidecar;

namespace LlmDapr.Sidecar.Tests.Grpc;

public sealed class PublishRpcsTests
{
    private const string Components = """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: pubsub
        spec:
          type: pubsub.redis
          version: v1
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: orders
        spec:
          pubsubname: pubsub
          topic: orders
          routes:
            default: /orders
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Publish_ByDaprClient_ReachesTheSubscriber()
    {
        var received = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await TestApp.StartAsync(
            async context =>
            {
                using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
                received.TrySetResult($"{context.Request.Path} {await reader.ReadToEndAsync(Cancel)}");
            },
            Cancel);
        await using var sidecar = await StartAsync(options => options with { AppPort = app.Port }, more: Components);

        await sidecar.Client.PublishEventAsync("pubsub", "orders", new { x = 1 }, Cancel);

        var delivered = await received.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Assert.StartsWith("/orders ", delivered, StringComparison.Ordinal);
        Assert.Contains("\"data\":{\"x\":1}", delivered, StringComparison.Ordinal);
        Assert.Contains("\"source\":\"app\"", delivered, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_UnknownComponent_IsRefusedWithItsReason()
    {
        await using var sidecar = await StartAsync(more: Components);

        var refused = await Assert.ThrowsAsync<DaprException>(() => sidecar.Client.PublishEventAsync("other", "orders", new { x = 1 }, Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal((StatusCode.InvalidArgument, "pubsub other is not found"), (failure.StatusCode, failure.Status.Detail));
        Assert.Contains("DAPR_PUBSUB_NOT_FOUND", Encoding.UTF8.GetString(failure.Trailers.GetValueBytes("grpc-status-details-bin")!), StringComparison.Ordinal);
    }
}
