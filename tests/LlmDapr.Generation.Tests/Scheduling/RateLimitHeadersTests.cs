using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class RateLimitHeadersTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("12ms", 0.012)]
    [InlineData("1s", 1)]
    [InlineData("1.5s", 1.5)]
    [InlineData("6m0s", 360)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("250us", 0.00025)]
    [InlineData("59", 59)]
    [InlineData(" 2s ", 2)]
    [InlineData("0s", 0)]
    public void GoDuration_Valid_IsRead(string text, double seconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(seconds, duration.TotalSeconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1s")]
    [InlineData("1x")]
    [InlineData("1.2.3s")]
    [InlineData("s")]
    [InlineData("1718000000")]
    [InlineData("NaN")]
    public void GoDuration_Invalid_IsNotRead(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Fact]
    public void Read_AllHeaders_AreRead()
    {
        var read = RateLimitHeaders.Read(
            [
                ["x-ratelimit-limit-requests", "60"], ["x-ratelimit-remaining-requests", "59"], ["x-ratelimit-reset-requests", "1s"],
                ["X-RateLimit-Limit-Tokens", "150000"], ["x-ratelimit-remaining-tokens", "149984"], ["x-ratelimit-reset-tokens", "6m0s"],
                ["content-type", "text/plain"],
            ],
            Now);

        Assert.Equal(new BudgetReading(60, 59, TimeSpan.FromSeconds(1)), read.Requests);
        Assert.Equal(new BudgetReading(150000, 149984, TimeSpan.FromMinutes(6)), read.Tokens);
        Assert.Null(read.RetryAfter);
    }

    [Theory]
    [InlineData("2", null, 2.0)]
    [InlineData("0.25", null, 0.25)]
    [InlineData("Fri, 02 Jan 2026 03:04:15 GMT", null, 10.0)]
    [InlineData("Fri, 02 Jan 2026 03:04:00 GMT", null, 0.0)]
    [InlineData("7", "1500", 1.5)]
    [InlineData("7", "many", 7.0)]
    [InlineData("later", null, null)]
    [InlineData("1e300", null, null)]
    public void Read_RetryAfter_InEachForm(string retryAfter, string? milliseconds, double? expected)
    {
        List<string[]> headers = [["retry-after", retryAfter]];
        if (milliseconds is not null)
        {
            headers.Insert(0, ["retry-after-ms", milliseconds]);
        }

        Assert.Equal(expected, RateLimitHeaders.Read(headers, Now).RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("none")]
    [InlineData("Infinity")]
    public void Read_SenselessLimit_IsAsIfItWereNotThere(string limit) =>
        Assert.True(RateLimitHeaders.Read([["x-ratelimit-limit-requests", limit], ["bad"], []], Now).Requests.SaysNothing);
}
