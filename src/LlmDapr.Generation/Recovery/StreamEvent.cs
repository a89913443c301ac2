using LlmDapr.Contracts.Hop;

namespace LlmDapr.Generation.Recovery;

/// <summary>The data of an event that <see cref="HopFormat.Event"/> made.</summary>
internal static class StreamEvent
{
    private const int FieldLength = 6;

    public static ReadOnlyMemory<byte> DataOf(ReadOnlyMemory<byte> text)
    {
        var data = text[FieldLength..^2];
        if (!data.Span.Contains((byte)'\n'))
        {
            return data;
        }

        // Between the lines of a chunk in several lines there is only white space.
        var joined = new List<byte>(data.Length);
        foreach (var line in text.Span[..^2].Split((byte)'\n'))
        {
            joined.AddRange(text.Span[line][FieldLength..]);
            joined.Add((byte)'\n');
        }

        return joined.ToArray();
    }
}
