using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.PromptCache.Tests.Freshness;

public sealed class KeptWishTests
{
    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData("private, must-revalidate", null, null, null)]
    [InlineData("NO-STORE", null, "no-store", null)]
    [InlineData("foo=\"a,b\", no-cache", " 60 ", "no-cache", "60")]
    [InlineData("max-age=10, max-age=\"5\"", "0", "max-age=5", "0")]
    [InlineData("max-age=0", "99999999999999999999", "no-cache, max-age=0", "2147483647")]
    public void TryRead_KeepsWhatTheCacheGoesByAndNoMore(string? control, string? ttl, string? keptControl, string? keptTtl)
    {
        Assert.True(KeptWish.TryRead(control, ttl, out var kept, out var error), error?.Message);
        Assert.Equal(new KeptWish(keptControl, keptTtl), kept);

        // Read again, it says the same.
        Assert.True(CallerWish.TryRead(control, ttl, out var first, out _) && CallerWish.TryRead(kept.CacheControl, kept.CacheTtl, out var second, out _) && first == second);
    }

    [Theory]
    [InlineData("max-age=soon", null, "cache-control")]
    [InlineData(null, "-1", "x-llmdapr-cache-ttl")]
    public void TryRead_WrongHeader_IsNamed(string? control, string? ttl, string param)
    {
        Assert.False(KeptWish.TryRead(control, ttl, out _, out var error));
        Assert.Equal(param, error!.Param);
    }
}
