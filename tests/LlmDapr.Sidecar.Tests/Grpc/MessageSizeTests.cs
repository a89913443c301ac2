using System.IO.Pipelines;
using Dapr;
using Grpc.Core;
using LlmDapr.Sidecar.Grpc;
using static LlmDapr.Sidecar.Tests.Grpc.StateSidecar;

namespace LlmDapr.Sidecar.Tests.Grpc;

public sealed class MessageSizeTests
{
    private const int MiB = 1024 * 1024;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Peek_PrefixInPieces_LeavesEverythingUnread()
    {
        var pipe = new Pipe();
        var peek = MessageSize.PeekAsync(pipe.Reader, Cancel);
        await pipe.Writer.WriteAsync((byte[])[0, 0, 1], Cancel);
        Assert.False(peek.IsCompleted);
        await pipe.Writer.WriteAsync((byte[])[2, 3, 9], Cancel);

        Assert.Equal(0x010203, await peek);
        Assert.Equal(6, (await pipe.Reader.ReadAsync(Cancel)).Buffer.Length);
    }

    [Fact]
    public async Task Peek_EndsBeforeThePrefix_IsZero()
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync((byte[])[0, 0], Cancel);
        await pipe.Writer.CompleteAsync();

        Assert.Equal(0, await MessageSize.PeekAsync(pipe.Reader, Cancel));
    }

    [Fact]
    public async Task Save_LargerThanTheLimit_IsRefusedWithItsSize()
    {
        await using var sidecar = await StartAsync();

        var refused = await Assert.ThrowsAsync<DaprException>(
            () => sidecar.Client.SaveByteStateAsync(Store, "k", new byte[5 * MiB], cancellationToken: Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.Matches(@"^grpc: received message larger than max \(52429\d\d vs\. 4194304\)$", failure.Status.Detail);
        Assert.Null(await sidecar.Client.GetStateAsync<string>(Store, "k", cancellationToken: Cancel));
    }

    [Fact]
    public async Task Save_LargerValueUnderARaisedLimit_ComesBackWhole()
    {
        await using var sidecar = await StartAsync(options => options with { MaxBodySize = 16 * MiB });
        var value = new byte[9 * MiB];
        new Random(7).NextBytes(value);

        await sidecar.Client.SaveByteStateAsync(Store, "k", value, cancellationToken: Cancel);

        Assert.True((await sidecar.Client.GetByteStateAsync(Store, "k", cancellationToken: Cancel)).Span.SequenceEqual(value));
    }

    [Fact]
    public async Task BulkGet_AnswerLargerThanTheLimit_IsRefused()
    {
        await using var sidecar = await StartAsync();
        await sidecar.Client.SaveByteStateAsync(Store, "a", new byte[5 * MiB / 2], cancellationToken: Cancel);
        await sidecar.Client.SaveByteStateAsync(Store, "b", new byte[5 * MiB / 2], cancellationToken: Cancel);

        var refused = await Assert.ThrowsAsync<DaprException>(() => sidecar.Client.GetBulkStateAsync(Store, ["a", "b"], null, cancellationToken: Cancel));

        var failure = Assert.IsType<RpcException>(refused.InnerException);
        Assert.Equal(StatusCode.ResourceExhausted, failure.StatusCode);
        Assert.StartsWith("grpc: trying to send message larger than max (", failure.Status.Detail, StringComparison.Ordinal);
    }
}
