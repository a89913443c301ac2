using CsCheck;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class BudgetTests
{
    private readonly Budget _budget = new(leastFactor: 1);

    [Fact]
    public void WaitFor_NothingIsKnown_HoldsNothingBack()
    {
        for (var call = 1; call <= 10_000; call++)
        {
            _budget.Spend(call, 1_000_000, 0);
        }

        Assert.Equal(0, _budget.WaitFor(1_000_000, 0));
    }

    [Fact]
    public void WaitFor_UsedUp_IsTheTimeOfTheRefill()
    {
        Read(1, 600, 0, at: 0);

        Assert.Equal(0.34, _budget.WaitFor(1, 0), 0.01);
        Assert.Equal(0, _budget.WaitFor(1, 0.35));
    }

    [Fact]
    public void Read_OfAnEarlierCall_SubtractsWhatWasSentSince()
    {
        for (var call = 1; call <= 5; call++)
        {
            _budget.Spend(call, 1, 0);
        }

        Read(2, 600, 400, at: 0, now: 1);

        // Ten came in during the second, and three of ours were sent after that call.
        Assert.Equal(400 + 10 - 3, _budget.Left(1), 6);
    }

    [Fact]
    public void Read_OutOfOrder_IsLeftAside()
    {
        Read(7, 600, 100, at: 5);
        Read(6, 600, 300, at: 4, now: 5);

        Assert.Equal(100, _budget.Left(5), 6);
    }

    [Fact]
    public void Read_LowerLimit_HoldsAtOnce()
    {
        Read(1, 600, 600, at: 0);
        Assert.Equal(0, _budget.WaitFor(1, 0));

        var change = Read(2, 300, 0, at: 0);

        Assert.Equal(LimitChange.Lowered, change);
        Assert.Equal(300, _budget.Limit);
        Assert.True(_budget.WaitFor(1, 0) > 0.19);
        Assert.Equal(LimitChange.Raised, Read(3, 600, 0, at: 1));
        Assert.Equal(LimitChange.None, Read(4, 600, 0, at: 2));
    }

    [Fact]
    public void Settle_UnreadCall_GivesBackWhatItDidNotCost()
    {
        Read(1, 1000, 500, at: 0);
        _budget.Spend(2, 300, 0);
        Assert.Equal(200, _budget.Left(0), 6);

        _budget.Settle(2, 100, 0);
        Assert.Equal(400, _budget.Left(0), 6);

        Read(3, 1000, 350, at: 0);
        _budget.Settle(2, 0, 0);
        Assert.Equal(350, _budget.Left(0), 6);
    }

    [Fact]
    public void WaitFor_MoreThanTheWholeLimit_GoesOnceItIsWhole()
    {
        Read(1, 1000, 1000, at: 0);
        Assert.Equal(0, _budget.WaitFor(5000, 0));

        Read(2, 1000, 500, at: 0);
        Assert.InRange(_budget.WaitFor(5000, 0), 20, 30);
    }

    [Fact]
    public void FixedWindow_IsRecognisedAndSpreadToItsEnd()
    {
        // What is left falls, and the reset comes nearer: no continuous refill does that.
        for (var call = 1; call <= 6; call++)
        {
            _budget.Spend(call, 15, call * 5);
            _budget.Read(new BudgetReading(100, 100 - (15 * call), TimeSpan.FromSeconds(60 - (5 * call))), call, call * 5, call * 5);
        }

        Assert.True(_budget.IsFixedWindow);

        // Ten are left for thirty seconds.
        var (now, sent) = (30.0, 0);
        while (now < 59)
        {
            var wait = _budget.WaitFor(1, now);
            if (wait <= 0)
            {
                _budget.Spend(100 + sent, 1, now);
                sent++;
            }

            now += Math.Max(0.01, wait);
        }

        Assert.InRange(sent, 7, 10);
        Assert.Equal(0, _budget.WaitFor(1, 60.1));
        Assert.Equal(100, _budget.Left(60.1), 6);
    }

    [Fact]
    public void ResetInWholeSeconds_IsNoFixedWindow()
    {
        for (var call = 1; call <= 20; call++)
        {
            _budget.Spend(call, 1, call);
            _budget.Read(new BudgetReading(600, 600 - (5 * (1 + (call % 4))), TimeSpan.FromSeconds(Math.Ceiling(0.5 * (1 + (call % 4))))), call, call, call);
        }

        Assert.False(_budget.IsFixedWindow);
    }

    [Fact]
    public void WhatIsLeft_BelowHalf_IsSpreadInsteadOfSentAtOnce()
    {
        Read(1, 600, 100, at: 0);
        var sent = 0;
        while (_budget.WaitFor(1, 0) <= 0)
        {
            _budget.Spend(2 + sent++, 1, 0);
        }

        Assert.InRange(sent, 1, 30);
    }

    [Fact]
    public void OthersUseTheSameBudget_OurCallsAreWorthMore()
    {
        // Of each two that go missing one is ours.
        var (left, now) = (500.0, 0.0);
        for (var call = 1; call <= 200; call++)
        {
            _budget.Spend(call, 1, now);
            left = Math.Min(600, left - 2);
            Read(call, 600, left, at: now);
            now += 0.1;
            left += 1;
        }

        var before = _budget.Left(now);
        _budget.Spend(201, 1, now);
        Assert.Equal(2, before - _budget.Left(now), 0.4);
    }

    [Fact]
    public void AnyUse_NeverExceedsWhatTheProviderGives() => Gen.Select(Gen.Int[20, 2000], Gen.Int[0, 100], Gen.Int[1, 400].Array[50, 200]).Sample((limit, percent, delays) =>
    {
        var budget = new Budget(leastFactor: 1);
        var (left, now, at, call) = (limit * percent / 100.0, 0.0, 0.0, 0L);
        var replies = new Queue<(double When, BudgetReading Reading, long Call, double SentAt)>();
        budget.Read(new BudgetReading(limit, Math.Floor(left), TimeSpan.FromSeconds((limit - left) / limit * 60)), 0, 0, 0);
        var refused = 0;
        foreach (var delay in delays)
        {
            now += delay / 1000.0;
            while (replies.TryPeek(out var reply) && reply.When <= now)
            {
                replies.Dequeue();
                budget.Read(reply.Reading, reply.Call, reply.SentAt, now);
            }

            left = Math.Min(limit, left + ((now - at) * limit / 60.0));
            at = now;
            while (budget.WaitFor(1, now) <= 0)
            {
                budget.Spend(++call, 1, now);
                refused += left < 1 ? 1 : 0;
                left -= left < 1 ? 0 : 1;
                replies.Enqueue((now + 0.7, new BudgetReading(limit, Math.Floor(left), TimeSpan.FromSeconds((limit - left) / limit * 60)), call, now));
            }
        }

        Assert.Equal(0, refused);
    });

    private LimitChange Read(long call, double limit, double remaining, double at, double? now = null) =>
        _budget.Read(new BudgetReading(limit, remaining, TimeSpan.FromSeconds((limit - remaining) / limit * 60)), call, at, now ?? at);
}
