using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Tests.Resiliency;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("200ms", 200)]
    [InlineData("5s", 5_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData(".5s", 500)]
    [InlineData("2s5ms", 2_005)]
    [InlineData("1500us", 1.5)]
    [InlineData("1µs", 0.001)]
    [InlineData("-1s", -1_000)]
    [InlineData("+1s", 1_000)]
    [InlineData("300", 300)]
    [InlineData("0", 0)]
    public void TryParse_ValidText_GivesMilliseconds(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("abc")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("5d")]
    [InlineData("1.5")]
    [InlineData(".s")]
    [InlineData("1s5")]
    [InlineData("9999999999999999999")]
    [InlineData("99999999999h")]
    public void TryParse_OtherText_IsFalse(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData(200, "200ms")]
    [InlineData(0.5, "0.5ms")]
    [InlineData(1500, "1.5s")]
    public void Format_Duration_IsGosForm(double milliseconds, string text) =>
        Assert.Equal(text, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));
}
