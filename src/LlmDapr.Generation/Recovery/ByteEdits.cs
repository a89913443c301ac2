namespace LlmDapr.Generation.Recovery;

/// <summary>Replaces parts of bytes by offset, so that what is not meant stays as it came. Edits do not overlap.</summary>
internal sealed class ByteEdits
{
    private readonly List<(Range At, ReadOnlyMemory<byte> Text)> _edits = [];

    public void Replace(Range at, ReadOnlyMemory<byte> text) => _edits.Add((at, text));

    public void Insert(int at, ReadOnlyMemory<byte> text) => _edits.Add((at..at, text));

    public byte[] Apply(ReadOnlySpan<byte> source)
    {
        _edits.Sort(static (a, b) => a.At.Start.Value.CompareTo(b.At.Start.Value));
        var result = new byte[source.Length + _edits.Sum(static edit => edit.Text.Length - (edit.At.End.Value - edit.At.Start.Value))];
        var (read, written) = (0, 0);
        foreach (var (at, text) in _edits)
        {
            var kept = source[read..at.Start.Value];
            kept.CopyTo(result.AsSpan(written));
            text.Span.CopyTo(result.AsSpan(written + kept.Length));
            written += kept.Length + text.Length;
            read = at.End.Value;
        }

        source[read..].CopyTo(result.AsSpan(written));
        return result;
    }
}
