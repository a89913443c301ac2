using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmDapr.Benchmarks.State;

/// <summary>The measure: a bare gRPC server whose one rpc takes nothing and answers nothing.</summary>
internal static class EmptyRpc
{
    public static readonly Method<Empty, Empty> Method = new(MethodType.Unary, "bench.Empty", "Call", Of(), Of());

    private static readonly Task<Empty> Answer = Task.FromResult(new Empty());

    public static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        app.MapGrpcService(ServerServiceDefinition.CreateBuilder().AddMethod(Method, (Empty _, ServerCallContext _) => Answer).Build());
        await app.StartAsync();
        return app;
    }

    private static Marshaller<Empty> Of() => Marshallers.Create(
        (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
            context.Complete();
        },
        context => Empty.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));
}
