using System.Globalization;
using System.Text;

namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// A JSON string without its escapes, as UTF-8. Half of a surrogate pair, which a JSON escape can name and UTF-8 cannot, becomes the three bytes that its
/// value would have (as in WTF-8): no valid text has them, so it stays different from all others, and nothing is thrown for it.
/// </summary>
internal static class CanonicalString
{
    private const int UnitDigits = 4;

    /// <summary>Writes the text of a string that a JSON reader has found valid. The destination is at least as long as the source.</summary>
    public static int Unescape(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var written = 0;
        while (true)
        {
            var plain = source.IndexOf((byte)'\\');
            if (plain < 0)
            {
                source.CopyTo(destination[written..]);
                return written + source.Length;
            }

            source[..plain].CopyTo(destination[written..]);
            written += plain;
            source = source[(plain + 1)..];
            if (source[0] == (byte)'u')
            {
                source = source[1..];
                written += WriteUnit(ref source, destination[written..]);
            }
            else
            {
                destination[written++] = Short(source[0]);
                source = source[1..];
            }
        }
    }

    private static int WriteUnit(ref ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var unit = ReadUnit(ref source);
        if (char.IsHighSurrogate(unit) && source.StartsWith("\\u"u8))
        {
            var rest = source[2..];
            var low = ReadUnit(ref rest);
            if (char.IsLowSurrogate(low))
            {
                source = rest;
                return new Rune(unit, low).EncodeToUtf8(destination);
            }
        }

        if (Rune.TryCreate(unit, out var rune))
        {
            return rune.EncodeToUtf8(destination);
        }

        destination[0] = (byte)(0xE0 | (unit >> 12));
        destination[1] = (byte)(0x80 | ((unit >> 6) & 0x3F));
        destination[2] = (byte)(0x80 | (unit & 0x3F));
        return 3;
    }

    private static char ReadUnit(ref ReadOnlySpan<byte> source)
    {
        var unit = ushort.Parse(source[..UnitDigits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        source = source[UnitDigits..];
        return (char)unit;
    }

    private static byte Short(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };
}
