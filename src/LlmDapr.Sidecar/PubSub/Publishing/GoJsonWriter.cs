using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary>
/// JSON as Go's encoder writes a decoded document: keys sorted, no spaces, numbers as they were spelled, <c>&lt;&gt;&amp;</c> and the two
/// line separators escaped, bytes that are no UTF-8 as <c>\ufffd</c>.
/// </summary>
internal sealed class GoJsonWriter
{
    private readonly ArrayBufferWriter<byte> _output = new(1024);

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _output.WrittenSpan.ToArray();

    /// <summary>Writes text that needs no escapes: punctuation, or JSON that is already in this form.</summary>
    public void WriteRaw(ReadOnlySpan<byte> text) => _output.Write(text);

    /// <summary>Writes a string.</summary>
    public void WriteString(string text) => WriteString(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a string of bytes that should be UTF-8.</summary>
    public void WriteString(ReadOnlySpan<byte> text)
    {
        WriteRaw("\""u8);
        while (text.Length > 0)
        {
            var plain = text.IndexOfAnyExcept(Plain);
            if (plain != 0)
            {
                WriteRaw(plain < 0 ? text : text[..plain]);
                text = plain < 0 ? [] : text[plain..];
                continue;
            }

            var status = Rune.DecodeFromUtf8(text, out var rune, out var used);
            WriteSpecial(status == OperationStatus.Done ? rune : null, text[..used]);
            text = text[used..];
        }

        WriteRaw("\""u8);
    }

    /// <summary>Writes a parsed value anew.</summary>
    public void WriteValue(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value);
                break;
            case JsonValueKind.Array:
                WriteArray(value);
                break;
            case JsonValueKind.String:
                WriteString(Unescape(JsonMarshal.GetRawUtf8Value(value)[1..^1]));
                break;
            default:
                WriteRaw(JsonMarshal.GetRawUtf8Value(value));
                break;
        }
    }

    /// <summary>The text of a JSON string without its quotes; what cannot be decoded becomes U+FFFD.</summary>
    internal static byte[] Unescape(ReadOnlySpan<byte> raw)
    {
        var text = new ArrayBufferWriter<byte>(Math.Max(raw.Length, 1));
        Span<byte> encoded = stackalloc byte[4];
        while (raw.Length > 0)
        {
            Rune rune;
            int used;
            if (raw[0] == '\\')
            {
                (rune, used) = ReadEscape(raw);
            }
            else if (Rune.DecodeFromUtf8(raw, out rune, out used) != OperationStatus.Done)
            {
                // Go counts each wrong byte by itself.
                used = 1;
            }

            text.Write(encoded[..rune.EncodeToUtf8(encoded)]);
            raw = raw[used..];
        }

        return text.WrittenSpan.ToArray();
    }

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x60).Select(code => (byte)code).Where(code => !"\"\\<>&"u8.Contains(code))]);

    private static (Rune Rune, int Used) ReadEscape(ReadOnlySpan<byte> raw)
    {
        if (raw[1] != 'u')
        {
            return (new Rune(raw[1] switch { (byte)'n' => '\n', (byte)'r' => '\r', (byte)'t' => '\t', (byte)'b' => '\b', (byte)'f' => '\f', var same => (char)same }), 2);
        }

        var high = ReadHex(raw[2..6]);
        if (char.IsHighSurrogate(high) && raw.Length >= 12 && raw[6] == '\\' && raw[7] == 'u' && ReadHex(raw[8..12]) is var low && char.IsLowSurrogate(low))
        {
            return (new Rune(high, low), 12);
        }

        return (char.IsSurrogate(high) ? Rune.ReplacementChar : new Rune(high), 6);
    }

    private static char ReadHex(ReadOnlySpan<byte> digits)
    {
        var code = 0;
        foreach (var digit in digits)
        {
            code = (code << 4) + (char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return (char)code;
    }

    private void WriteSpecial(Rune? rune, ReadOnlySpan<byte> bytes)
    {
        switch (rune?.Value)
        {
            case null:
                foreach (var _ in bytes)
                {
                    WriteRaw("\\ufffd"u8);
                }

                break;
            case '"' or '\\':
                WriteRaw("\\"u8);
                WriteRaw(bytes);
                break;
            case '\n':
                WriteRaw("\\n"u8);
                break;
            case '\r':
                WriteRaw("\\r"u8);
                break;
            case '\t':
                WriteRaw("\\t"u8);
                break;
            case '\b':
                WriteRaw("\\b"u8);
                break;
            case '\f':
                WriteRaw("\\f"u8);
                break;
            case < 0x20 or '<' or '>' or '&' or 0x2028 or 0x2029:
                WriteRaw(Encoding.ASCII.GetBytes($"\\u{rune.Value.Value:x4}"));
                break;
            default:
                WriteRaw(bytes);
                break;
        }
    }

    private void WriteObject(JsonElement value)
    {
        // Of a name that is there twice the last value counts.
        var fields = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            fields[NameOf(field)] = field.Value;
        }

        WriteRaw("{"u8);
        var first = true;
        foreach (var (name, field) in fields)
        {
            WriteRaw(first ? [] : ","u8);
            first = false;
            WriteString(name);
            WriteRaw(":"u8);
            WriteValue(field);
        }

        WriteRaw("}"u8);
    }

    /// <summary>A field's name, also one that .NET refuses to decode.</summary>
    internal static string NameOf(JsonProperty field) => Encoding.UTF8.GetString(Unescape(JsonMarshal.GetRawUtf8PropertyName(field)));

    private void WriteArray(JsonElement value)
    {
        WriteRaw("["u8);
        var first = true;
        foreach (var item in value.EnumerateArray())
        {
            WriteRaw(first ? [] : ","u8);
            first = false;
            WriteValue(item);
        }

        WriteRaw("]"u8);
    }
}
