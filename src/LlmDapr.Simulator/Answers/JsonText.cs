using System.Buffers;
using System.Text;

namespace LlmDapr.Simulator.Answers;

/// <summary>JSON strings with raw UTF-8, as providers send it. The encoders of System.Text.Json escape everything above U+FFFF, so that an emoji would never be split over two reads.</summary>
internal static class JsonText
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\"\\\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    /// <summary>Writes the text with its quotes.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        output.Write("\""u8);
        while (true)
        {
            int special = text.IndexOfAny(Special);
            ReadOnlySpan<char> clean = special < 0 ? text : text[..special];
            if (!clean.IsEmpty)
            {
                Encoding.UTF8.GetBytes(clean, output);
            }

            if (special < 0)
            {
                break;
            }

            WriteEscape(output, text[special]);
            text = text[(special + 1)..];
        }

        output.Write("\""u8);
    }

    private static void WriteEscape(IBufferWriter<byte> output, char c)
    {
        switch (c)
        {
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            default:
                Encoding.UTF8.GetBytes($"\\u{(int)c:x4}", output);
                break;
        }
    }
}
