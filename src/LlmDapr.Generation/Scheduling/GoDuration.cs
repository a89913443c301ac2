using System.Buffers;
using System.Globalization;

namespace LlmDapr.Generation.Scheduling;

/// <summary>Reads durations as Go prints them, which is how <c>x-ratelimit-reset-*</c> look: <c>12ms</c>, <c>1.5s</c>, <c>6m0s</c>. A bare number is seconds.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("ns", 1e-9), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];

    // Nobody's window is longer; a larger number is an instant, or rubbish.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>False for what is no duration, is negative or longer than a month.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        text = text.Trim();
        if (text.IsEmpty)
        {
            return false;
        }

        var seconds = 0.0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(Digits);
            if (digits == 0 || !double.TryParse(digits < 0 ? text : text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            text = digits < 0 ? [] : text[digits..];
            if (text.IsEmpty)
            {
                seconds += number;
                break;
            }

            if (!TryTakeUnit(ref text, out var unit))
            {
                return false;
            }

            seconds += number * unit;
        }

        if (seconds > Longest.TotalSeconds)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> text, out double seconds)
    {
        foreach (var (unit, length) in Units)
        {
            if (text.StartsWith(unit, StringComparison.Ordinal))
            {
                seconds = length;
                text = text[unit.Length..];
                return true;
            }
        }

        seconds = 0;
        return false;
    }
}
