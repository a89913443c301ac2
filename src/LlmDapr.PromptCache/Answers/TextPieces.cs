namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Cuts a string, as the bytes between its quotes, into the pieces of a stream: after a space where there is one near, and never inside an escape, a
/// surrogate pair or a character of several bytes.
/// </summary>
internal static class TextPieces
{
    private const int MinPiece = 48;
    private const int MaxPieces = 64;

    public static List<ReadOnlyMemory<byte>> Cut(ReadOnlyMemory<byte> raw)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var target = Math.Max(MinPiece, (raw.Length + MaxPieces - 1) / MaxPieces);
        var text = raw.Span;
        var (start, at) = (0, 0);
        while (at < text.Length)
        {
            var isSpace = text[at] == ' ';
            at = Math.Min(text.Length, at + LengthOf(text[at..]));
            if (at == text.Length || at - start >= 2 * target || (isSpace && at - start >= target))
            {
                pieces.Add(raw[start..at]);
                start = at;
            }
        }

        return pieces;
    }

    private static int LengthOf(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'\\' => EscapeLength(text),
        >= 0xF0 => 4,
        >= 0xE0 => 3,
        >= 0xC0 => 2,
        _ => 1,
    };

    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2 || text[1] != 'u')
        {
            return 2;
        }

        return text.Length >= 12 && IsSurrogate(text, "89abAB"u8) && text[6] == '\\' && text[7] == 'u' && IsSurrogate(text[6..], "cdefCDEF"u8) ? 12 : 6;
    }

    private static bool IsSurrogate(ReadOnlySpan<byte> escape, ReadOnlySpan<byte> half) => escape[2] is (byte)'d' or (byte)'D' && half.Contains(escape[3]);
}
