using Grpc.Core;
using Grpc.Net.Client;

namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>Unary calls with messages as bytes, to any path.</summary>
internal sealed class GrpcWire(int port) : IDisposable
{
    private static readonly Marshaller<byte[]> Bytes = Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes);

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(
        $"http://127.0.0.1:{port}", new GrpcChannelOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null });

    /// <summary>Calls <c>/service/rpc</c>.</summary>
    public async Task<GrpcAnswer> CallAsync(string path, byte[] message, Metadata metadata, CancellationToken cancel)
    {
        var parts = path.Split('/');
        var method = new Method<byte[], byte[]>(MethodType.Unary, parts[1], parts[2], Bytes, Bytes);
        using var call = _channel.CreateCallInvoker().AsyncUnaryCall(method, null, new CallOptions(metadata, cancellationToken: cancel), message);
        try
        {
            var answer = await call.ResponseAsync;
            return new GrpcAnswer(call.GetStatus(), answer, await call.ResponseHeadersAsync, Details(call.GetTrailers()));
        }
        catch (RpcException failed)
        {
            return new GrpcAnswer(failed.Status, null, [], Details(failed.Trailers));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();

    private static byte[]? Details(Metadata trailers) => trailers.GetValueBytes("grpc-status-details-bin");
}
