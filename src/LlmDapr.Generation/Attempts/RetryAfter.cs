using System.Globalization;

namespace LlmDapr.Generation.Attempts;

/// <summary>Reads when a provider wants to be asked again.</summary>
internal static class RetryAfter
{
    // Beyond it, one number is as good as another: nobody waits so long.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary><c>retry-after-ms</c>, or <c>retry-after</c> as seconds or as a date; null when it says nothing usable.</summary>
    public static TimeSpan? Read(IEnumerable<string[]> headers, DateTimeOffset now)
    {
        TimeSpan? wait = null;
        foreach (var header in headers)
        {
            if (header[0] == "retry-after-ms" && Number(header[1], TimeSpan.FromMilliseconds(1)) is { } exact)
            {
                return exact;
            }

            if (header[0] == "retry-after")
            {
                wait = Number(header[1], TimeSpan.FromSeconds(1)) ?? Date(header[1], now) ?? wait;
            }
        }

        return wait;
    }

    private static TimeSpan? Number(string text, TimeSpan unit) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count) && double.IsFinite(count)
            ? count < Longest / unit ? count * unit : Longest
            : null;

    // Only with a time of day: the parser makes a date of almost anything else.
    private static TimeSpan? Date(string text, DateTimeOffset now) =>
        text.Contains(':', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? date > now ? date - now : TimeSpan.Zero
            : null;
}
