using LlmDapr.Simulator.Limits;

namespace LlmDapr.Simulator.Tests.Limits;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(0.2, "1ms")]
    [InlineData(12, "12ms")]
    [InlineData(1000, "1s")]
    [InlineData(9816, "9.816s")]
    [InlineData(1500, "1.5s")]
    [InlineData(60_000, "1m0s")]
    [InlineData(360_000, "6m0s")]
    [InlineData(61_500, "1m1.5s")]
    [InlineData(3_600_000, "1h0m0s")]
    public void Format_Milliseconds_LooksAsInGo(double ms, string expected) => Assert.Equal(expected, GoDuration.Format(TimeSpan.FromMilliseconds(ms)));
}
