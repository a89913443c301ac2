using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace LlmDapr.Generation.Recovery;

/// <summary>
/// The inside of a JSON string, in UTF-16: providers cut their pieces anywhere, also between the two <c>\u</c> escapes of one character, which
/// <see cref="Utf8JsonReader.GetString"/> refuses.
/// </summary>
internal static class JsonText
{
    /// <summary>Appends what the inside of a valid JSON string says; false, and nothing appended, when it is not UTF-8.</summary>
    public static bool TryAppend(StringBuilder text, ReadOnlySpan<byte> inside)
    {
        if (!Utf8.IsValid(inside))
        {
            return false;
        }

        while (inside.IndexOf((byte)'\\') is var at and >= 0)
        {
            text.Append(Encoding.UTF8.GetString(inside[..at])).Append(Unescape(inside[at..], out var length));
            inside = inside[(at + length)..];
        }

        text.Append(Encoding.UTF8.GetString(inside));
        return true;
    }

    /// <summary>What is left of the inside of a string without its first characters (UTF-16); the bytes that stay are as they came.</summary>
    public static byte[] Without(ReadOnlySpan<byte> inside, int characters)
    {
        var at = 0;
        while (characters > 0)
        {
            if (inside[at] == '\\')
            {
                at += EscapeLength(inside[at..]);
                characters--;
                continue;
            }

            Rune.DecodeFromUtf8(inside[at..], out var rune, out var length);
            at += length;
            characters -= rune.Utf16SequenceLength;
            if (characters < 0)
            {
                // The first half of this character was sent; the second is only expressible as an escape.
                Span<char> halves = stackalloc char[2];
                rune.EncodeToUtf16(halves);
                return [.. Escape(halves[1]), .. inside[at..]];
            }
        }

        return inside[at..].ToArray();
    }

    /// <summary>The inside of a JSON string that says this; the text has no half characters.</summary>
    public static byte[] Encode(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();

    private static byte[] Escape(char half) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)half:x4}"));

    private static int EscapeLength(ReadOnlySpan<byte> escape) => escape[1] == 'u' ? 6 : 2;

    private static char Unescape(ReadOnlySpan<byte> escape, out int length)
    {
        length = EscapeLength(escape);
        return escape[1] switch
        {
            (byte)'u' => (char)ushort.Parse(escape[2..6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            (byte)'n' => '\n',
            (byte)'t' => '\t',
            (byte)'r' => '\r',
            (byte)'b' => '\b',
            (byte)'f' => '\f',
            var other => (char)other,
        };
    }
}
