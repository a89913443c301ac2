using LlmDapr.Generation.Attempts;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2", 2000.0)]
    [InlineData("0", 0.0)]
    [InlineData("1.5", 1500.0)]
    [InlineData(" 3 ", 3000.0)]
    [InlineData("Sun, 01 Mar 2026 12:00:07 GMT", 7000.0)]
    [InlineData("Sun, 01 Mar 2026 11:59:00 GMT", 0.0)]
    [InlineData("Sunday, 01-Mar-26 12:00:09 GMT", 9000.0)]
    [InlineData("99999999999999999999", 2_592_000_000.0)]
    [InlineData("-1", null)]
    [InlineData("1e3", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("soon", null)]
    [InlineData("12/31", null)]
    [InlineData("", null)]
    public void Read_RetryAfter_AnyForm(string value, double? milliseconds) =>
        Assert.Equal(milliseconds, RetryAfter.Read([["retry-after", value]], Now)?.TotalMilliseconds);

    [Fact]
    public void Read_Milliseconds_WinOverSecondsInAnyOrder()
    {
        string[] seconds = ["retry-after", "2"], milliseconds = ["retry-after-ms", "1234.5"];

        Assert.Equal(TimeSpan.FromMilliseconds(1234.5), RetryAfter.Read([seconds, milliseconds], Now));
        Assert.Equal(TimeSpan.FromMilliseconds(1234.5), RetryAfter.Read([milliseconds, seconds], Now));
        Assert.Equal(TimeSpan.FromSeconds(2), RetryAfter.Read([["retry-after-ms", "x"], seconds], Now));
    }

    [Fact]
    public void Read_NothingSaid_IsNull() => Assert.Null(RetryAfter.Read([["content-type", "application/json"]], Now));
}
