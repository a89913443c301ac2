using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

namespace LlmDapr.Contracts.Hop;

/// <summary>Reads the lines before the body of a hop answer.</summary>
public static class HopReader
{
    /// <summary>
    /// Reads to the end of the head line; the pipe then stands at the body's first byte. Null when the answer ended, or said something else,
    /// before its head: generation or a sidecar broke.
    /// </summary>
    public static async ValueTask<HopHead?> ReadHeadAsync(PipeReader pipe, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await pipe.ReadAsync(cancellationToken);
            var buffer = SkipBeats(read.Buffer);
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var head = Parse(buffer.Slice(0, end));
                pipe.AdvanceTo(buffer.GetPosition(1, end));
                return head;
            }

            if (read.IsCompleted || buffer.Length > HopFormat.MaxHeadBytes)
            {
                pipe.AdvanceTo(buffer.End);
                return null;
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private static ReadOnlySequence<byte> SkipBeats(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        reader.AdvancePast((byte)'\n');
        return buffer.Slice(reader.Position);
    }

    private static bool IsSound(HopHead? head) =>
        head is { Status: >= 100 and <= 999, Headers: not null, Length: null or >= 0 }
        && head.Headers.All(header => header is [not null, not null]);

    private static HopHead? Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            var head = JsonSerializer.Deserialize(ref reader, ContractsJsonContext.Default.HopHead);

            // Text behind the object throws here.
            return !reader.Read() && IsSound(head) ? head : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
