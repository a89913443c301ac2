using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using LlmDapr.Sidecar.Api;

namespace LlmDapr.Sidecar.State;

/// <summary>
/// A JSON value as daprd's sqlite store keeps what comes over HTTP: parsed and written again, without spaces, with members in the order of
/// their names and Go's escapes.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Writes a value anew.</summary>
    /// <param name="value">The value.</param>
    /// <param name="keptDigits">Whether a number kept its digits where daprd would have changed it.</param>
    public static byte[] Write(JsonElement value, out bool keptDigits)
    {
        var output = new ArrayBufferWriter<byte>();
        keptDigits = false;
        Write(value, output, ref keptDigits);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Takes the spaces out and escapes as Go does, and changes nothing else: for values that are answered inside of JSON.</summary>
    public static string Compact(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length);
        var inString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (inString)
            {
                if (c == '\\')
                {
                    output.Write(json.Slice(i, 2));
                    i++;
                    continue;
                }

                inString = c != '"';
            }
            else if (c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }
            else
            {
                inString = c == '"';
            }

            if (c is (byte)'<' or (byte)'>' or (byte)'&')
            {
                output.Write(c == '<' ? "\\u003c"u8 : c == '>' ? "\\u003e"u8 : "\\u0026"u8);
            }
            else
            {
                output.Write(json.Slice(i, 1));
            }
        }

        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static void Write(JsonElement value, ArrayBufferWriter<byte> output, ref bool keptDigits)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, output, ref keptDigits);
                break;
            case JsonValueKind.Array:
                var first = true;
                output.Write("["u8);
                foreach (var item in value.EnumerateArray())
                {
                    output.Write(first ? ""u8 : ","u8);
                    Write(item, output, ref keptDigits);
                    first = false;
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.Number:
                keptDigits |= !GoNumber.TryWrite(value.GetRawText(), out var number);
                output.Write(Encoding.ASCII.GetBytes(number));
                break;
            case JsonValueKind.String:
                WriteString(JsonMarshal.GetRawUtf8Value(value)[1..^1], output);
                break;
            default:
                output.Write(JsonMarshal.GetRawUtf8Value(value));
                break;
        }
    }

    private static void WriteObject(JsonElement value, ArrayBufferWriter<byte> output, ref bool keptDigits)
    {
        // Of members with the same name the last one counts.
        var members = new SortedDictionary<byte[], JsonElement>(Comparer<byte[]>.Create(static (a, b) => a.AsSpan().SequenceCompareTo(b)));
        foreach (var member in value.EnumerateObject())
        {
            var name = new ArrayBufferWriter<byte>();
            WriteString(JsonMarshal.GetRawUtf8PropertyName(member), name);
            members[name.WrittenSpan.ToArray()] = member.Value;
        }

        var first = true;
        output.Write("{"u8);
        foreach (var (name, member) in members)
        {
            output.Write(first ? ""u8 : ","u8);
            output.Write(name);
            output.Write(":"u8);
            Write(member, output, ref keptDigits);
            first = false;
        }

        output.Write("}"u8);
    }

    // An escape that stands for half a character cannot be decoded: such a string stays as it was sent. daprd replaces it.
    private static void WriteString(ReadOnlySpan<byte> raw, ArrayBufferWriter<byte> output)
    {
        if (raw.IndexOfAny("\\<>&"u8) < 0)
        {
            output.Write("\""u8);
            output.Write(raw);
            output.Write("\""u8);
            return;
        }

        byte[] quoted = [(byte)'"', .. raw, (byte)'"'];
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            output.Write(Encoding.UTF8.GetBytes(DaprError.Quote(reader.GetString()!)));
        }
        catch (InvalidOperationException)
        {
            output.Write(quoted);
        }
    }
}
