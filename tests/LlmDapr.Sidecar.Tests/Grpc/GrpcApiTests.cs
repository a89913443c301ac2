using Dapr;
using Grpc.Core;
using Microsoft.Extensions.Logging.Testing;
using static LlmDapr.Sidecar.Tests.Grpc.StateSidecar;

namespace LlmDapr.Sidecar.Tests.Grpc;

public sealed class GrpcApiTests
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Call_WithoutTheToken_IsUnauthenticated(string? token)
    {
        await using var sidecar = await StartAsync(options => options with { DaprApiToken = "right" });
        using var client = sidecar.NewClient(token);

        var refused = await Assert.ThrowsAsync<DaprException>(() => client.GetStateAsync<string>(Store, "k", cancellationToken: Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal((StatusCode.Unauthenticated, "Unauthorized"), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Call_WithTheToken_IsServed()
    {
        await using var sidecar = await StartAsync(options => options with { DaprApiToken = "right" });

        await sidecar.Client.SaveStateAsync(Store, "k", "v", cancellationToken: Cancel);

        Assert.Equal("v", await sidecar.Client.GetStateAsync<string>(Store, "k", cancellationToken: Cancel));
    }

    [Theory]
    [InlineData("dapr.proto.runtime.v1.Dapr", "NoSuch", StatusCode.Unknown, "failed to proxy request: required metadata dapr-callee-app-id or dapr-app-id not found")]
    [InlineData("no.Such", "Thing", StatusCode.Unknown, "cannot proxy request: missing dapr-callee-app-id or dapr-app-id metadata")]
    [InlineData("dapr.proto.runtime.v1.Dapr", "TryLockAlpha1", StatusCode.Unimplemented, "dapr.proto.runtime.v1.Dapr/TryLockAlpha1: not served by the development sidecar; use daprd for it")]
    public async Task Call_OfWhatIsNotServed_SaysSo(string service, string rpc, StatusCode code, string message)
    {
        await using var sidecar = await StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(sidecar, service, rpc, []));

        Assert.Equal((code, message), (failure.StatusCode, failure.Status.Detail));
    }

    [Fact]
    public async Task Call_OfADaprRpcThatIsNotServed_IsLogged()
    {
        using var provider = new FakeLoggerProvider();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(provider));
        await using var sidecar = await StartAsync(loggers: loggers);

        await Assert.ThrowsAsync<RpcException>(() => CallAsync(sidecar, "dapr.proto.runtime.v1.Dapr", "GetSecret", []));

        Assert.Contains(
            provider.Collector.GetSnapshot(),
            line => line.Level == LogLevel.Warning && line.Message.Contains("GetSecret is not served by the development sidecar", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_WithBytesThatAreNoMessage_IsAnErrorOfTheCallAlone()
    {
        await using var sidecar = await StartAsync();

        var failure = await Assert.ThrowsAsync<RpcException>(() => CallAsync(sidecar, "dapr.proto.runtime.v1.Dapr", "GetState", [0xff, 0xff, 0xff]));

        Assert.Equal(StatusCode.Internal, failure.StatusCode);
        Assert.Equal("grpc: error unmarshalling request: proto: cannot parse invalid wire-format data", failure.Status.Detail);
        await sidecar.Client.SaveStateAsync(Store, "k", 1, cancellationToken: Cancel);
    }

    [Fact]
    public async Task Metadata_OverBothApis_IsOne()
    {
        await using var sidecar = await StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{sidecar.Sidecar.HttpPort}") };

        await sidecar.Client.SetMetadataAsync("by-grpc", "1", Cancel);
        using var body = new StringContent("2");
        (await http.PutAsync("/v1.0/metadata/by-http", body, Cancel)).EnsureSuccessStatusCode();

        var metadata = await sidecar.Client.GetMetadataAsync(Cancel);
        Assert.Equal("app", metadata.Id);
        Assert.Equal(("1", "2"), (metadata.Extended["by-grpc"], metadata.Extended["by-http"]));
        Assert.Contains("\"by-grpc\":\"1\"", await http.GetStringAsync("/v1.0/metadata", Cancel), StringComparison.Ordinal);
        Assert.Equal(Store, Assert.Single(metadata.Components).Name);
    }

    [Fact]
    public async Task Shutdown_IsAnsweredAndEndsTheSidecar()
    {
        await using var sidecar = await StartAsync();

        await sidecar.Client.ShutdownSidecarAsync(Cancel);

        Assert.True(await sidecar.Host.Ended.WaitAsync(TimeSpan.FromSeconds(20), Cancel));
        await Assert.ThrowsAsync<DaprException>(() => sidecar.Client.GetMetadataAsync(Cancel));
    }

    private static async Task CallAsync(StateSidecar sidecar, string service, string rpc, byte[] message) =>
        await sidecar.Channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, service, rpc, Bytes, Bytes), null, new CallOptions(cancellationToken: Cancel), message);
}
