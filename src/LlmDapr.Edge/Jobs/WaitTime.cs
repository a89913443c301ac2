using System.Globalization;

namespace LlmDapr.Edge.Jobs;

/// <summary>How long a caller wants to wait for a job's end: <c>30s</c>, <c>500ms</c>, <c>1m</c>, or a bare number of seconds.</summary>
internal static class WaitTime
{
    /// <summary>The longest. Proxies on the way rarely let a silent request live longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("", 1)];

    /// <summary>False when the text says no time from 0 to <see cref="Longest"/>.</summary>
    public static bool TryParse(string text, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        var (unit, seconds) = Array.Find(Units, unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        if (!double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * seconds > Longest.TotalSeconds)
        {
            return false;
        }

        wait = TimeSpan.FromSeconds(number * seconds);
        return true;
    }
}
