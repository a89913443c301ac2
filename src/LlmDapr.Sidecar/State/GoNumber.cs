using System.Globalization;

namespace LlmDapr.Sidecar.State;

/// <summary>
/// Numbers on their way through HTTP. daprd reads them as 64-bit floating point and writes that, so <c>1.50</c> becomes <c>1.5</c> and
/// 12345678901234567890 another number. The spelling is imitated; a number that would become another one keeps its own.
/// </summary>
internal static class GoNumber
{
    /// <summary>Writes a JSON number as daprd would; false when it keeps its own spelling.</summary>
    public static bool TryWrite(string number, out string written)
    {
        written = number;
        var value = double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            return false;
        }

        var (digits, point) = Take(number);
        if ((digits, point) != Take(value.ToString("R", CultureInfo.InvariantCulture)))
        {
            return false;
        }

        written = (number[0] == '-' ? "-" : "") + Spell(digits, point);
        return true;
    }

    // Digits without zeros at their ends, and where the point is: the value is 0.DIGITS × 10^point.
    private static (string Digits, int Point) Take(string number)
    {
        var text = number.TrimStart('-');
        var e = text.IndexOfAny(['e', 'E']);
        var exponent = e < 0 ? 0 : int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var given) ? given : int.MinValue / 2;
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? mantissa.Length : dot;
        var all = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var digits = all.TrimStart('0');
        var point = whole - (all.Length - digits.Length) + exponent;
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? ("", 0) : (digits, point);
    }

    private static string Spell(string digits, int point)
    {
        if (digits.Length == 0)
        {
            return "0";
        }

        if (point is < -5 or > 21)
        {
            var exponent = point - 1;
            var rest = digits.Length > 1 ? "." + digits[1..] : "";
            return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}");
        }

        return point <= 0 ? "0." + new string('0', -point) + digits
            : point >= digits.Length ? digits.PadRight(point, '0')
            : $"{digits[..point]}.{digits[point..]}";
    }
}
