using System.Globalization;

namespace LlmDapr.Generation.Attempts;

/// <summary>Reads when a provider wants to be asked again.</summary>
internal static class RetryAfter
{
    /// <summary><c>retry-after-ms</c>, or <c>retry-after</c> as seconds or as a date; null when it says nothing usable.</summary>
    public static TimeSpan? Read(IEnumerable<string[]> headers, DateTimeOffset now)
    {
        TimeSpan? wait = null;
        foreach (var header in headers)
        {
            if (header[0] == "retry-after-ms" && double.TryParse(header[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds is >= 0 and < 1e9)
            {
                return TimeSpan.FromMilliseconds(milliseconds);
            }

            if (header[0] == "retry-after")
            {
                wait = double.TryParse(header[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 1e6
                    ? TimeSpan.FromSeconds(seconds)
                    : DateTimeOffset.TryParse(header[1], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
                        ? date > now ? date - now : TimeSpan.Zero
                        : wait;
            }
        }

        return wait;
    }
}
