using System.Globalization;

namespace LlmDapr.Simulator.Limits;

/// <summary>Durations as Go prints them, which is how OpenAI's <c>x-ratelimit-reset-*</c> look: <c>12ms</c>, <c>1.5s</c>, <c>6m0s</c>. Whole milliseconds.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan duration)
    {
        long ms = Math.Max(0, (long)Math.Ceiling(duration.TotalMilliseconds));
        if (ms == 0)
        {
            return "0s";
        }

        if (ms < 1000)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{ms}ms");
        }

        long minutes = ms / 60_000;
        string seconds = (ms % 60_000 / 1000m).ToString("0.###", CultureInfo.InvariantCulture) + "s";
        return minutes switch
        {
            0 => seconds,
            < 60 => string.Create(CultureInfo.InvariantCulture, $"{minutes}m{seconds}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}h{minutes % 60}m{seconds}"),
        };
    }
}
