using System.Globalization;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// The rate-limit headers of an answer: <c>x-ratelimit-{limit,remaining,reset}-{requests,tokens}</c>, <c>retry-after</c> (seconds or a date) and
/// <c>retry-after-ms</c>, which wins. What cannot be read is as if it were not there.
/// </summary>
internal readonly record struct RateLimitHeaders(BudgetReading Requests, BudgetReading Tokens, TimeSpan? RetryAfter)
{
    private const string Prefix = "x-ratelimit-";

    public static RateLimitHeaders Read(IEnumerable<string[]> headers, DateTimeOffset now)
    {
        var (requests, tokens) = (default(BudgetReading), default(BudgetReading));
        TimeSpan? seconds = null;
        TimeSpan? milliseconds = null;
        foreach (var header in headers)
        {
            if (header is not [{ } name, { } value])
            {
                continue;
            }

            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                var rest = name.AsSpan(Prefix.Length);
                if (rest.EndsWith("-requests", StringComparison.OrdinalIgnoreCase))
                {
                    requests = With(requests, rest[..^"-requests".Length], value);
                }
                else if (rest.EndsWith("-tokens", StringComparison.OrdinalIgnoreCase))
                {
                    tokens = With(tokens, rest[..^"-tokens".Length], value);
                }
            }
            else if (name.Equals("retry-after-ms", StringComparison.OrdinalIgnoreCase))
            {
                milliseconds = Number(value) is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
            }
            else if (name.Equals("retry-after", StringComparison.OrdinalIgnoreCase))
            {
                seconds = After(value, now);
            }
        }

        return new RateLimitHeaders(requests, tokens, milliseconds ?? seconds);
    }

    private static BudgetReading With(BudgetReading reading, ReadOnlySpan<char> what, string value) =>
        what.Equals("limit", StringComparison.OrdinalIgnoreCase) ? reading with { Limit = Number(value) is > 0 and { } limit ? limit : null }
        : what.Equals("remaining", StringComparison.OrdinalIgnoreCase) ? reading with { Remaining = Number(value) }
        : what.Equals("reset", StringComparison.OrdinalIgnoreCase) ? reading with { Reset = GoDuration.TryParse(value, out var reset) ? reset : null }
        : reading;

    private static TimeSpan? After(string value, DateTimeOffset now)
    {
        if (Number(value) is { } seconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? (date > now ? date - now : TimeSpan.Zero)
            : null;
    }

    // A remainder below zero means that nothing is left; numbers beyond all sense are left out, so that they cannot overflow a time.
    private static double? Number(string value) =>
        double.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) && number < 1e10
            ? Math.Max(0, number)
            : null;
}
