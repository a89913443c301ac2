using System.Globalization;

namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// A JSON number by its exact value, however it is spelt: its digits without zeros at either end and a power of ten, as in <c>-25e-1</c>. Decimal
/// throughout: as doubles, 9007199254740993 and …992 would be one number.
/// </summary>
internal static class CanonicalNumber
{
    // Enough for every exponent that means something; what is longer is kept as it is spelt, which costs a hit and never a wrong one.
    private const int MaxExponentDigits = 15;

    /// <summary>The most that <see cref="Write"/> writes for a token of this length.</summary>
    public static int MaxLength(int token) => token + 24;

    /// <summary>Writes a token that a JSON reader has found valid, with its tag and its end.</summary>
    public static int Write(ReadOnlySpan<byte> token, Span<byte> destination)
    {
        var exponentAt = token.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = exponentAt < 0 ? token : token[..exponentAt];
        var negative = mantissa[0] == (byte)'-';
        mantissa = negative ? mantissa[1..] : mantissa;

        var point = mantissa.IndexOf((byte)'.');
        var whole = (point < 0 ? mantissa : mantissa[..point]).TrimStart((byte)'0');
        var fraction = point < 0 ? default : mantissa[(point + 1)..].TrimEnd((byte)'0');
        if (whole.IsEmpty && fraction.IsEmpty)
        {
            return WriteZero(destination);
        }

        var exponent = 0L;
        if (exponentAt >= 0 && !TryReadExponent(token[(exponentAt + 1)..], out exponent))
        {
            destination[0] = Tags.NumberAsSpelt;
            token.CopyTo(destination[1..]);
            destination[token.Length + 1] = Tags.End;
            return token.Length + 2;
        }

        destination[0] = Tags.Number;
        var written = 1;
        if (negative)
        {
            destination[written++] = (byte)'-';
        }

        var digits = destination[written..];
        whole.CopyTo(digits);
        fraction.CopyTo(digits[whole.Length..]);
        exponent -= fraction.Length;

        var all = (ReadOnlySpan<byte>)digits[..(whole.Length + fraction.Length)];
        var significant = all.TrimEnd((byte)'0');
        exponent += all.Length - significant.Length;
        var leading = significant.Length - significant.TrimStart((byte)'0').Length;
        significant[leading..].CopyTo(digits);
        written += significant.Length - leading;
        if (exponent != 0)
        {
            destination[written++] = (byte)'e';
            exponent.TryFormat(destination[written..], out var length, default, CultureInfo.InvariantCulture);
            written += length;
        }

        destination[written++] = Tags.End;
        return written;
    }

    private static int WriteZero(Span<byte> destination)
    {
        (destination[0], destination[1], destination[2]) = (Tags.Number, (byte)'0', Tags.End);
        return 3;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        var negative = text[0] == (byte)'-';
        var digits = text.TrimStart("+-"u8).TrimStart((byte)'0');
        exponent = 0;
        if (digits.Length > MaxExponentDigits)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            exponent = (exponent * 10) + (digit - '0');
        }

        exponent = negative ? -exponent : exponent;
        return true;
    }
}
