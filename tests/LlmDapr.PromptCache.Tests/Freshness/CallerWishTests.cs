using LlmDapr.Contracts;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.PromptCache.Tests.Freshness;

public sealed class CallerWishTests
{
    [Theory]
    [InlineData(null, false, false, null)]
    [InlineData("", false, false, null)]
    [InlineData("no-store", true, false, null)]
    [InlineData("No-Cache", false, true, null)]
    [InlineData("no-cache, no-store", true, true, null)]
    [InlineData(" max-age = 60 ", false, false, 60)]
    [InlineData("max-age=\"60\"", false, false, 60)]
    [InlineData("max-age=0", false, true, 0)]
    [InlineData("max-age=60,max-age=5", false, false, 5)]
    [InlineData("max-age=5,max-age=60", false, false, 5)]
    [InlineData("max-age=99999999999999999999999", false, false, int.MaxValue)]
    [InlineData("only-if-cached, max-stale=5, x=\"a, no-store\", no-transform", false, false, null)]
    [InlineData(",,no-cache,", false, true, null)]
    public void TryRead_CacheControl_AsHttpSays(string? header, bool noStore, bool noCache, int? maxAge)
    {
        Assert.True(CallerWish.TryRead(header, null, out var wish, out var error));
        Assert.Null(error);
        Assert.Equal(new CallerWish(noStore, noCache, maxAge is { } seconds ? TimeSpan.FromSeconds(seconds) : null, null), wish);
    }

    [Theory]
    [InlineData("max-age")]
    [InlineData("max-age=")]
    [InlineData("max-age=-1")]
    [InlineData("max-age=1.5")]
    [InlineData("no-cache, max-age=soon")]
    public void TryRead_MaxAgeThatIsNoNumber_SaysWhatToSend(string header)
    {
        Assert.False(CallerWish.TryRead(header, null, out _, out var error));
        Assert.Equal((400, "cache-control"), (error!.Status, error.Param));
        Assert.Contains("max-age=60", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData(" 90 ", 90)]
    public void TryRead_CacheTtl_IsSeconds(string header, int seconds)
    {
        Assert.True(CallerWish.TryRead(null, header, out var wish, out _));
        Assert.Equal(TimeSpan.FromSeconds(seconds), wish.Ttl);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1h")]
    [InlineData("1.0")]
    [InlineData("60,60")]
    public void TryRead_CacheTtlThatIsNoNumber_NamesTheHeader(string header)
    {
        Assert.False(CallerWish.TryRead(null, header, out _, out var error));
        Assert.Equal((400, HeaderNames.CacheTtl), (error!.Status, error.Param));
        Assert.Contains("whole number of seconds", error.Message, StringComparison.Ordinal);
    }
}
