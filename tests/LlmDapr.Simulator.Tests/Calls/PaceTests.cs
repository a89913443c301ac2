using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Calls;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Simulator.Tests.Calls;

public sealed class PaceTests
{
    private static readonly Behaviour Steady = Behaviour.Default with { Ttft = TimeSpan.FromMilliseconds(200), Tps = 50 };
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Due_NoJitter_IsTtftThenOneGapAToken()
    {
        var pace = new Pace(_time, Steady, 1);
        Assert.Equal(TimeSpan.FromMilliseconds(200), pace.Due);
        pace.Advance();
        Assert.Equal(TimeSpan.FromMilliseconds(220), pace.Due);
        pace.Advance(9);
        Assert.Equal(TimeSpan.FromMilliseconds(400), pace.Due);
    }

    [Fact]
    public async Task WaitAsync_LateTimer_DoesNotShiftTheRest()
    {
        var pace = new Pace(_time, Steady, 1);
        Task first = pace.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(199));
        Assert.False(first.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(21));
        await first;

        pace.Advance();
        Assert.True(pace.WaitAsync(TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void Due_Jitter_HasItsMedianAndALongTail()
    {
        Behaviour wild = Steady with { Jitter = 1 };
        double[] ms = [.. Enumerable.Range(1, 2001).Select(n => new Pace(_time, wild, n).Due.TotalMilliseconds).Order()];
        Assert.InRange(ms[1000], 180, 220);
        Assert.True(ms[^20] > 1000, "one in a hundred takes more than five times the median");
    }

    [Fact]
    public void Due_SameSeedAndOrdinal_IsTheSame()
    {
        Behaviour wild = Steady with { Jitter = 1, Seed = 5 };
        Assert.Equal(new Pace(_time, wild, 3).Due, new Pace(_time, wild, 3).Due);
        Assert.NotEqual(new Pace(_time, wild, 3).Due, new Pace(_time, wild, 4).Due);
        Assert.NotEqual(new Pace(_time, wild, 3).Due, new Pace(_time, wild with { Seed = 6 }, 3).Due);
    }

    [Fact]
    public void WaitAsync_NoPauses_NeverWaits()
    {
        var pace = new Pace(_time, Behaviour.Default, 1);
        pace.Advance(1000);
        Assert.True(pace.WaitAsync(TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }
}
