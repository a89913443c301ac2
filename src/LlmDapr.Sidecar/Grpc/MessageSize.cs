using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>
/// The length that a request's message begins with. It is looked at before the message is read: a message that is too large then costs no
/// memory, and the refusal can name its size as daprd's does.
/// </summary>
internal static class MessageSize
{
    // One byte that says whether the message is compressed, four of its length.
    private const int PrefixLength = 5;

    /// <summary>Looks at the prefix and leaves everything unread. 0 when the request ends before it.</summary>
    public static async ValueTask<long> PeekAsync(PipeReader body, CancellationToken cancel)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            if (read.Buffer.Length >= PrefixLength)
            {
                var size = Read(read.Buffer);
                body.AdvanceTo(read.Buffer.Start);
                return size;
            }

            if (read.IsCompleted)
            {
                body.AdvanceTo(read.Buffer.Start);
                return 0;
            }

            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static long Read(ReadOnlySequence<byte> buffer)
    {
        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        return BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
    }
}
