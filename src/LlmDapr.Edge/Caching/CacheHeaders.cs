using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.Edge.Caching;

/// <summary>The headers in which an answer tells of the cache.</summary>
internal static class CacheHeaders
{
    /// <summary>Says how the cache served the answer. The last word counts.</summary>
    public static void WriteCacheStatus(this HttpResponse response, string status) => response.Headers[HeaderNames.Cache] = status;

    /// <summary>Says under which key the answer is kept.</summary>
    public static void WriteCacheKey(this HttpResponse response, CacheKey key) => response.Headers[HeaderNames.CacheKey] = key.ToString();

    /// <summary>Says how old the answer is: in whole seconds, rounded down, as HTTP has it.</summary>
    public static void WriteAge(this HttpResponse response, TimeSpan age) => response.Headers.Age = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
}
