using System.Buffers;

namespace LlmDapr.PromptCache.Answers;

/// <summary>The events of a stream as generation writes it on the hop: LF only, each ended by an empty line.</summary>
internal static class StreamEvents
{
    /// <summary>Where the last whole event ends.</summary>
    public static SequencePosition EndOf(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        var end = reader.Position;
        while (reader.TryReadTo(out ReadOnlySequence<byte> _, "\n\n"u8))
        {
            end = reader.Position;
        }

        return end;
    }

    /// <summary>Takes the next event off a text of whole events.</summary>
    public static bool TryTake(ref ReadOnlyMemory<byte> text, out ReadOnlyMemory<byte> whole)
    {
        var end = text.Span.IndexOf("\n\n"u8);
        whole = end < 0 ? default : text[..(end + 2)];
        text = text[whole.Length..];
        return end >= 0;
    }

    /// <summary>An event's data: its <c>data</c> fields, joined by LF. Empty for a comment.</summary>
    public static ReadOnlyMemory<byte> DataOf(ReadOnlyMemory<byte> whole)
    {
        ArrayBufferWriter<byte>? joined = null;
        ReadOnlyMemory<byte>? only = null;
        while (!whole.IsEmpty)
        {
            var end = whole.Span.IndexOf((byte)'\n');
            var line = end < 0 ? whole : whole[..end];
            whole = end < 0 ? default : whole[(end + 1)..];
            if (!line.Span.StartsWith("data:"u8))
            {
                continue;
            }

            var value = line[(line.Span.StartsWith("data: "u8) ? 6 : 5)..];
            if (only is { } first)
            {
                if (joined is null)
                {
                    joined = new ArrayBufferWriter<byte>();
                    joined.Write(first.Span);
                }

                joined.Write("\n"u8);
                joined.Write(value.Span);
            }

            only = value;
        }

        return joined?.WrittenMemory ?? only ?? default;
    }
}
