using LlmDapr.Sidecar.Resiliency;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Sidecar.Tests.Resiliency;

/// <summary>Every transition of the state machine, on a clock of its own.</summary>
public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _changes = [];

    [Fact]
    public void Enter_New_IsClosed()
    {
        var breaker = Create();

        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out _));
        Assert.Equal(BreakerState.Closed, breaker.Read().State);
    }

    [Fact]
    public void Leave_TripMet_Opens()
    {
        var breaker = Create();

        Fail(breaker, 3);

        Assert.Equal(BreakerEntry.Open, breaker.Enter(out _));
        Assert.Equal(["Closed>Open"], _changes);
    }

    [Fact]
    public void Leave_SuccessBetweenFailures_StartsConsecutiveFailuresAnew()
    {
        var breaker = Create();

        Fail(breaker, 2);
        Succeed(breaker);
        Fail(breaker, 2);

        Assert.Equal((BreakerState.Closed, new BreakerCounts(5, 1, 4, 0, 2)), breaker.Read());
    }

    [Fact]
    public void Enter_OpenUntilTimeout_Refuses()
    {
        var breaker = Create();
        Fail(breaker, 3);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(BreakerEntry.Open, breaker.Enter(out _));
    }

    [Fact]
    public void Enter_AfterTimeout_LetsMaxRequestsThrough()
    {
        var breaker = Create(maxRequests: 2);
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out _));
        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out _));
        Assert.Equal(BreakerEntry.TooManyRequests, breaker.Enter(out _));
        Assert.Equal(["Closed>Open", "Open>HalfOpen"], _changes);
    }

    [Fact]
    public void Leave_HalfOpenEnoughSuccesses_Closes()
    {
        var breaker = Create(maxRequests: 2);
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));

        Succeed(breaker);
        Assert.Equal(BreakerState.HalfOpen, breaker.Read().State);
        Succeed(breaker);

        Assert.Equal((BreakerState.Closed, default(BreakerCounts)), breaker.Read());
    }

    [Fact]
    public void Leave_HalfOpenFailure_OpensForAnotherTimeout()
    {
        var breaker = Create();
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));

        Fail(breaker, 1);

        Assert.Equal(BreakerEntry.Open, breaker.Enter(out _));
        _time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out _));
        Assert.Equal(["Closed>Open", "Open>HalfOpen", "HalfOpen>Open", "Open>HalfOpen"], _changes);
    }

    [Fact]
    public void Leave_HalfOpenProbeStillRunning_HoldsEveryoneHoweverLong()
    {
        var breaker = Create();
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));
        breaker.Enter(out var probe);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(BreakerEntry.TooManyRequests, breaker.Enter(out _));

        breaker.Leave(probe, true);
        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out _));
    }

    [Fact]
    public void Leave_ResultOfAnOlderGeneration_CountsForNothing()
    {
        var breaker = Create();
        breaker.Enter(out var old);
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));
        Assert.Equal(BreakerState.HalfOpen, breaker.Read().State);

        breaker.Leave(old, false);

        Assert.Equal((BreakerState.HalfOpen, default(BreakerCounts)), breaker.Read());
    }

    [Fact]
    public void Enter_IntervalOver_StartsCountsAnew()
    {
        var breaker = Create(interval: 1);
        Fail(breaker, 2);

        _time.Advance(TimeSpan.FromSeconds(1.2));
        Fail(breaker, 2);
        Assert.Equal(BreakerState.Closed, breaker.Read().State);

        Fail(breaker, 1);
        Assert.Equal(BreakerState.Open, breaker.Read().State);
    }

    [Fact]
    public void Enter_NoInterval_KeepsCountsForever()
    {
        var breaker = Create();
        Fail(breaker, 2);

        _time.Advance(TimeSpan.FromDays(1));
        Fail(breaker, 1);

        Assert.Equal(BreakerState.Open, breaker.Read().State);
    }

    [Fact]
    public async Task Enter_FromManyThreads_LetsExactlyMaxRequestsProbe()
    {
        var breaker = Create(maxRequests: 5);
        Fail(breaker, 3);
        _time.Advance(TimeSpan.FromSeconds(2.1));

        var entries = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => breaker.Enter(out var _))));

        Assert.Equal(5, entries.Count(entry => entry == BreakerEntry.Allowed));
        Assert.Equal(195, entries.Count(entry => entry == BreakerEntry.TooManyRequests));
    }

    private static void Fail(CircuitBreaker breaker, int times)
    {
        for (var n = 0; n < times; n++)
        {
            Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out var generation));
            breaker.Leave(generation, false);
        }
    }

    private static void Succeed(CircuitBreaker breaker)
    {
        Assert.Equal(BreakerEntry.Allowed, breaker.Enter(out var generation));
        breaker.Leave(generation, true);
    }

    private CircuitBreaker Create(int maxRequests = 1, double interval = 0) => new(
        new BreakerPolicy
        {
            Name = "cb",
            MaxRequests = maxRequests,
            Interval = TimeSpan.FromSeconds(interval),
            Timeout = TimeSpan.FromSeconds(2),
            Trip = TripExpression.Compile("consecutiveFailures >= 3"),
        },
        _time,
        (from, to) => _changes.Add($"{from}>{to}"));
}
