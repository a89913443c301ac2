using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>
/// What a caller's headers ask of the cache.
/// <list type="bullet">
/// <item><c>Cache-Control: no-store</c>: the cache has no part in the request: nothing is read, kept or shared.</item>
/// <item><c>Cache-Control: no-cache</c>, or <c>max-age=0</c>: the answer is a new one, and it is kept for others.</item>
/// <item><c>Cache-Control: max-age=N</c>: a kept answer serves when its <c>Age</c> is at most N and it is not past its ttl; how long a new one is kept does not change.</item>
/// <item><c>x-llmdapr-cache-ttl: N</c>: a new answer is kept for N seconds, at most for the operator's longest; 0 = not kept, though a kept one serves.</item>
/// </list>
/// Directives that HTTP knows and this cache has no use for are passed over, as HTTP wants it; a value that is not a number is an error, since it would be obeyed by nobody.
/// </summary>
/// <param name="NoStore"><c>no-store</c>.</param>
/// <param name="NoCache"><c>no-cache</c> or <c>max-age=0</c>.</param>
/// <param name="MaxAge"><c>max-age</c>.</param>
/// <param name="Ttl"><c>x-llmdapr-cache-ttl</c>.</param>
internal readonly record struct CallerWish(bool NoStore, bool NoCache, TimeSpan? MaxAge, TimeSpan? Ttl)
{
    /// <summary>HTTP's own bound for numbers of seconds that are too large to mean anything.</summary>
    private const long MostSeconds = int.MaxValue;

    /// <summary>Reads both headers; null for an absent one. False when one is wrong.</summary>
    public static bool TryRead(string? cacheControl, string? cacheTtl, out CallerWish wish, out ApiError? error)
    {
        wish = default;
        error = null;
        if (cacheTtl is not null)
        {
            if (ReadSeconds(cacheTtl.AsSpan().Trim()) is not { } ttl)
            {
                error = ApiError.InvalidRequest($"The header '{HeaderNames.CacheTtl}' must be a whole number of seconds, 0 or more.", HeaderNames.CacheTtl, "invalid_value");
                return false;
            }

            wish = wish with { Ttl = ttl };
        }

        var rest = cacheControl.AsSpan();
        while (!rest.IsEmpty)
        {
            if (!wish.TryAdd(NextDirective(ref rest), out wish))
            {
                error = ApiError.InvalidRequest("'max-age' in the header 'cache-control' must be a whole number of seconds, as in max-age=60.", "cache-control", "invalid_value");
                return false;
            }
        }

        return true;
    }

    private bool TryAdd(ReadOnlySpan<char> directive, out CallerWish wish)
    {
        var equals = directive.IndexOf('=');
        var name = (equals < 0 ? directive : directive[..equals]).Trim();
        wish = this;
        if (name.Equals("no-store", StringComparison.OrdinalIgnoreCase))
        {
            wish = this with { NoStore = true };
        }
        else if (name.Equals("no-cache", StringComparison.OrdinalIgnoreCase))
        {
            wish = this with { NoCache = true };
        }
        else if (name.Equals("max-age", StringComparison.OrdinalIgnoreCase))
        {
            if (equals < 0 || ReadSeconds(directive[(equals + 1)..].Trim().Trim('"')) is not { } age)
            {
                return false;
            }

            // Given twice, the stricter holds.
            age = MaxAge < age ? MaxAge.Value : age;
            wish = this with { MaxAge = age, NoCache = NoCache || age == TimeSpan.Zero };
        }

        return true;
    }

    // Up to the next comma that stands in no quotes.
    private static ReadOnlySpan<char> NextDirective(ref ReadOnlySpan<char> rest)
    {
        var quoted = false;
        for (var i = 0; i < rest.Length; i++)
        {
            quoted ^= rest[i] == '"';
            if (rest[i] == ',' && !quoted)
            {
                var directive = rest[..i];
                rest = rest[(i + 1)..];
                return directive;
            }
        }

        var last = rest;
        rest = default;
        return last;
    }

    private static TimeSpan? ReadSeconds(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || text.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        return TimeSpan.FromSeconds(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < MostSeconds ? seconds : MostSeconds);
    }
}
