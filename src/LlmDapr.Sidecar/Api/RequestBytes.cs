using System.Buffers;

namespace LlmDapr.Sidecar.Api;

/// <summary>Reads whole request bodies, with the sidecar's limit.</summary>
internal static class RequestBytes
{
    private const int Piece = 16 * 1024;

    // The caller is still sending. Its bytes are taken, up to a point, so that it gets to read the answer.
    private const long Patience = 64 * 1024 * 1024;

    /// <summary>The body; null when it is longer than <paramref name="limit"/>, and then the answer ends the connection.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, long limit)
    {
        var request = context.Request;
        if (request.ContentLength > limit)
        {
            await DrainAsync(context);
            return null;
        }

        if (request.ContentLength is { } length)
        {
            var body = GC.AllocateUninitializedArray<byte>((int)length);
            await request.Body.ReadExactlyAsync(body, context.RequestAborted);
            return body;
        }

        var buffer = new ArrayBufferWriter<byte>();
        while (await request.Body.ReadAsync(buffer.GetMemory(Piece), context.RequestAborted) is > 0 and var read)
        {
            buffer.Advance(read);
            if (buffer.WrittenCount > limit)
            {
                await DrainAsync(context);
                return null;
            }
        }

        return buffer.WrittenMemory;
    }

    private static async Task DrainAsync(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            for (long taken = 0; taken < Patience;)
            {
                var read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted);
                if (read == 0)
                {
                    break;
                }

                taken += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
