using System.Buffers;
using System.Globalization;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>Durations as Dapr's resources write them: Go's form (<c>1m30s</c>, <c>1.5s</c>, <c>200ms</c>), or a plain whole number of milliseconds.</summary>
internal static class GoDuration
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds)
            && Math.Abs((double)milliseconds) < TimeSpan.MaxValue.TotalMilliseconds)
        {
            duration = TimeSpan.FromMilliseconds(milliseconds);
            return true;
        }

        duration = TimeSpan.Zero;
        var rest = text.AsSpan();
        var negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            return false;
        }

        var ticks = 0.0;
        while (!rest.IsEmpty)
        {
            if (!TryTakeNumber(ref rest, out var number) || !TryTakeUnit(ref rest, out var unit))
            {
                return false;
            }

            ticks += number * unit;
        }

        // Go's own durations end at 292 years, too.
        if (ticks > long.MaxValue / 2)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>Go's way to print a duration, in the sizes that occur in log lines: <c>200ms</c>, <c>1.5s</c>.</summary>
    public static string Format(TimeSpan duration) => duration < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.######}ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.#########}s");

    private static bool TryTakeNumber(ref ReadOnlySpan<char> rest, out double number)
    {
        var length = rest.IndexOfAnyExcept(NumberCharacters);
        length = length < 0 ? rest.Length : length;
        var taken = rest[..length];
        rest = rest[length..];
        return double.TryParse(taken, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static bool TryTakeUnit(ref ReadOnlySpan<char> rest, out double ticks)
    {
        var length = rest.IndexOfAny(NumberCharacters);
        length = length < 0 ? rest.Length : length;
        ticks = rest[..length] switch
        {
            "ns" => 0.01,
            "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => 0,
        };
        rest = rest[length..];
        return ticks > 0;
    }
}
