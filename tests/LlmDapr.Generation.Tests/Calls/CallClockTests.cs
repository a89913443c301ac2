using LlmDapr.Generation.Calls;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Generation.Tests.Calls;

public sealed class CallClockTests
{
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(null, 10)]
    [InlineData(3.0, 3)]
    [InlineData(30.0, 10)]
    public void Total_IsTheShorterOfBoth(double? left, double expected)
    {
        using var clock = new CallClock(Total, left is { } seconds ? TimeSpan.FromSeconds(seconds) : null, _time, CancellationToken.None);

        Assert.Equal(TimeSpan.FromSeconds(expected), clock.Total);
    }

    [Fact]
    public void Token_TimeRunsOut_IsCancelledAndSaysSo()
    {
        using var clock = new CallClock(Total, null, _time, CancellationToken.None);

        _time.Advance(Total - TimeSpan.FromMilliseconds(1));
        Assert.False(clock.Token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(clock.Token.IsCancellationRequested);
        Assert.True(clock.RanOut);
    }

    [Fact]
    public void Token_CallerLeaves_IsCancelledAndNotForTime()
    {
        using var caller = new CancellationTokenSource();
        using var clock = new CallClock(Total, null, _time, caller.Token);

        caller.Cancel();
        _time.Advance(Total);

        Assert.True(clock.Token.IsCancellationRequested);
        Assert.False(clock.RanOut);
    }

    [Fact]
    public void Token_NoTimeLeft_IsCancelledAtOnce()
    {
        using var clock = new CallClock(Total, TimeSpan.Zero, _time, CancellationToken.None);

        Assert.True(clock.RanOut);
    }
}
