using System.Globalization;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.PromptCache.Freshness;

/// <summary>What a caller's headers ask of the cache, checked and in the fewest words: for work that is done later, and by another process.</summary>
/// <param name="CacheControl"><see cref="CacheRequest.CacheControl"/>; null when nothing is asked.</param>
/// <param name="CacheTtl"><see cref="CacheRequest.CacheTtl"/>; null when nothing is asked.</param>
public sealed record KeptWish(string? CacheControl, string? CacheTtl)
{
    /// <summary>Reads both headers; null for an absent one. False when one is wrong; <paramref name="error"/> names it.</summary>
    public static bool TryRead(string? cacheControl, string? cacheTtl, out KeptWish kept, out ApiError? error)
    {
        var isGood = CallerWish.TryRead(cacheControl, cacheTtl, out var wish, out error);
        var control = string.Join(", ", ((string?[])[wish.NoStore ? "no-store" : null, wish.NoCache ? "no-cache" : null, wish.MaxAge is { } age ? $"max-age={Seconds(age)}" : null]).OfType<string>());
        kept = new KeptWish(control.Length > 0 ? control : null, wish.Ttl is { } ttl ? Seconds(ttl) : null);
        return isGood;
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
