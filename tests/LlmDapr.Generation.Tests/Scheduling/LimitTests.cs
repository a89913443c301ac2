using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

public sealed class LimitTests
{
    [Fact]
    public void Aimd_UsedUp_GrowsByOneForEachCallTaken()
    {
        var limit = new AimdLimit(10, 1, 1000);
        Send(limit, 1, 10);

        limit.Taken(new CallMark(1, 1), inFlight: 10, 0);

        Assert.Equal(11, limit.Value);
    }

    [Fact]
    public void Aimd_NotUsedUp_DoesNotGrow()
    {
        var limit = new AimdLimit(10, 1, 1000);
        Send(limit, 1, 5);

        limit.Taken(new CallMark(1, 1), inFlight: 5, 0);

        Assert.Equal(10, limit.Value);
    }

    [Fact]
    public void Aimd_NeverAboveMax()
    {
        var limit = new AimdLimit(10, 1, 10);
        Send(limit, 1, 10);

        limit.Taken(new CallMark(1, 1), inFlight: 10, 0);

        Assert.Equal(10, limit.Value);
    }

    [Fact]
    public void Aimd_RefusedAtARankNeverTaken_GoesToJustBelow()
    {
        var limit = new AimdLimit(50, 1, 1000);
        Send(limit, 1, 41);

        limit.Lost(new CallMark(41, 41), 1);

        Assert.Equal(40, limit.Value);
    }

    [Fact]
    public void Aimd_BurstIsRefused_CountsOnceAndFindsTheLowestRank()
    {
        var limit = new AimdLimit(20, 1, 1000);
        Send(limit, 1, 20);

        foreach (var rank in new[] { 9, 8, 12, 20, 7, 15 })
        {
            limit.Lost(new CallMark(rank, rank), 1);
        }

        Assert.Equal(6, limit.Value);
    }

    [Fact]
    public void Aimd_RefusedAgainAndAgainWhereItWasTaken_FallsByTheFactorOnceARoundTrip()
    {
        var limit = Confirmed(40);
        Send(limit, 100, 140);

        // One or two are no news.
        limit.Lost(new CallMark(140, 40), 10);
        Assert.Equal(39, limit.Value, 6);
        Send(limit, 141, 141, rank: 39);
        limit.Lost(new CallMark(141, 39), 10);
        Assert.Equal(37, limit.Value, 6);

        Send(limit, 142, 150, rank: 37);
        limit.Lost(new CallMark(142, 37), 10);
        limit.Lost(new CallMark(143, 37), 10);
        limit.Lost(new CallMark(150, 36), 10);
        Assert.Equal(37 * 0.7, limit.Value, 6);

        Send(limit, 151, 151, rank: 25);
        limit.Lost(new CallMark(151, 25), 11);
        Assert.Equal(25 * 0.7, limit.Value, 6);
    }

    [Fact]
    public void Aimd_HardlyUsed_OneRefusalDoesNotThrottle()
    {
        var limit = new AimdLimit(20, 1, 1000);
        Send(limit, 1, 2, rank: 1);
        limit.Taken(new CallMark(1, 1), 1, 0);

        limit.Lost(new CallMark(2, 1), 0);

        Assert.Equal(14, limit.Value);
    }

    [Fact]
    public void Aimd_NeverBelowMin()
    {
        var limit = new AimdLimit(20, 3, 1000);
        for (var call = 1; call < 30; call++)
        {
            Send(limit, call, call, rank: 1);
            limit.Lost(new CallMark(call, 1), call);
        }

        Assert.Equal(3, limit.Value);
        Assert.True(limit.HasRoom(2, 100));
    }

    [Fact]
    public void Aimd_AtTheCeiling_ProbesWithOneCallAtGrowingIntervals()
    {
        var limit = AtCeiling(40);
        limit.Taken(new CallMark(101, 40), 40, 1);
        Assert.Equal(40, limit.Value);

        Assert.False(limit.HasRoom(40, 4.9));
        Assert.True(limit.HasRoom(40, 5));
        Send(limit, 102, 102, rank: 41);
        Assert.False(limit.HasRoom(40, 6), "There is one probe at a time.");
        limit.Lost(new CallMark(102, 41), 5);

        Assert.Equal(40, limit.Value);
        Assert.False(limit.HasRoom(40, 14.9));
        Assert.True(limit.HasRoom(40, 15));
    }

    [Fact]
    public void Aimd_InAShortage_ProbesMoreOften_UnlessTheProviderWillTell()
    {
        Assert.Equal(10, LongestInterval(told: false), 0.5);
        Assert.Equal(40, LongestInterval(told: true), 0.5);
    }

    [Fact]
    public void Aimd_ProbeIsTaken_GrowsInStepsThatDouble()
    {
        var limit = AtCeiling(40);
        Send(limit, 100, 100, rank: 41);
        limit.Taken(new CallMark(100, 41), 41, 5);
        Assert.Equal(41, limit.Value);

        // It may have been chance: the first step has to hold.
        var grown = new List<int>();
        for (var call = 101; call < 160; call++)
        {
            limit.Taken(new CallMark(call, (int)limit.Value), (int)limit.Value, 6);
            grown.Add((int)limit.Value);
        }

        Assert.Equal(41, grown[8]);
        Assert.Equal([42, 44, 48], new[] { grown[15], grown[25], grown[39] });
    }

    [Fact]
    public void Aimd_ProbeEndsUndecided_TheNextMayFollow()
    {
        var limit = AtCeiling(40);
        Send(limit, 101, 101, rank: 41);
        Assert.False(limit.HasRoom(40, 5));

        limit.Ended(new CallMark(101, 41));

        Assert.True(limit.HasRoom(40, 5));
    }

    [Fact]
    public void Aimd_NearTheLastRefusal_GrowsSlowly()
    {
        var limit = Confirmed(40);
        for (var call = 50; call < 53; call++)
        {
            Send(limit, call, call, rank: (int)limit.Value);
            limit.Lost(new CallMark(call, (int)limit.Value), 0);
        }

        Assert.Equal(37 * 0.7, limit.Value, 6);
        var steps = new List<double>();
        for (var call = 200; call < 300; call++)
        {
            var before = limit.Value;
            limit.Taken(new CallMark(call, (int)before), (int)before, 1);
            steps.Add(limit.Value - before);
        }

        Assert.Equal(1, steps[0], 6);
        Assert.InRange(steps[20], 0.001, 0.2);
        Assert.Equal(36, limit.Value, 3);
    }

    [Fact]
    public void Aimd_ToldOfMore_ForgetsTheCeiling()
    {
        var limit = AtCeiling(40);

        limit.Told(LimitChange.Raised);
        limit.Taken(new CallMark(101, 40), 40, 1);

        Assert.Equal(41, limit.Value);
    }

    [Fact]
    public void Gradient_CallsQueueAtTheProvider_Falls()
    {
        var limit = new GradientLimit(50, 1, 1000);
        Feed(limit, 0.5, 300);
        var before = limit.Value;

        Feed(limit, 3, 300);

        Assert.True(limit.Value < before / 2, $"{before} became {limit.Value}");
    }

    [Fact]
    public void Gradient_LatencyIsSteady_Grows()
    {
        var limit = new GradientLimit(10, 1, 100);

        Feed(limit, 0.5, 2000);

        Assert.InRange(limit.Value, 50, 100);
    }

    [Fact]
    public void Gradient_NotUsed_StaysWhereItIs()
    {
        var limit = new GradientLimit(10, 1, 100);

        for (var i = 0; i < 1000; i++)
        {
            limit.FirstToken(0.5, inFlight: 2);
        }

        Assert.Equal(10, limit.Value);
    }

    [Fact]
    public void Gradient_Lost_FallsOnceARoundTrip()
    {
        var limit = new GradientLimit(10, 1, 100);
        limit.Sent(new CallMark(5, 5));

        limit.Lost(new CallMark(4, 4), 0);
        limit.Lost(new CallMark(5, 5), 0);

        Assert.Equal(8, limit.Value);
    }

    [Fact]
    public void Fixed_WhateverHappens_Stays()
    {
        var limit = new FixedLimit(5);

        limit.Lost(new CallMark(1, 1), 0);
        limit.Taken(new CallMark(2, 5), 5, 0);

        Assert.Equal(5, limit.Value);
        Assert.False(limit.HasRoom(5, 0));
    }

    // Between the probes of a provider that has little left, after many of them.
    private static double LongestInterval(bool told)
    {
        var limit = Confirmed(40);
        if (told)
        {
            limit.Told(LimitChange.Lowered);
        }

        var call = 100;
        for (; limit.Value > 20; call++)
        {
            var rank = (int)limit.Value;
            Send(limit, call, call, rank);
            limit.Lost(new CallMark(call, rank), 0);
        }

        var (now, last, longest) = (0.0, 0.0, 0.0);
        for (; now < 200; now += 0.1)
        {
            var inFlight = (int)limit.Value;
            limit.Taken(new CallMark(++call, inFlight), inFlight, now);
            if ((int)limit.Value == inFlight && limit.HasRoom(inFlight, now))
            {
                Send(limit, ++call, call, inFlight + 1);
                limit.Lost(new CallMark(call, inFlight + 1), now);
                (longest, last) = (Math.Max(longest, now - last), now);
            }
        }

        return longest;
    }

    // A limit at which calls were taken already.
    private static AimdLimit Confirmed(int limit, int? taken = null)
    {
        var confirmed = new AimdLimit(limit, 1, 1000);
        Send(confirmed, 1, limit);
        confirmed.Taken(new CallMark(taken ?? limit, taken ?? limit), inFlight: limit - 1, 0);
        return confirmed;
    }

    // One more than these was refused at time 0.
    private static AimdLimit AtCeiling(int ceiling)
    {
        var limit = Confirmed(ceiling + 1, taken: ceiling);
        limit.Lost(new CallMark(ceiling + 1, ceiling + 1), 0);
        return limit;
    }

    private static void Send(AimdLimit limit, int from, int to, int? rank = null)
    {
        for (var call = from; call <= to; call++)
        {
            limit.Sent(new CallMark(call, rank ?? Math.Min((int)limit.Value, call)));
        }
    }

    private static void Feed(GradientLimit limit, double seconds, int count)
    {
        for (var i = 0; i < count; i++)
        {
            limit.FirstToken(seconds, inFlight: (int)limit.Value);
        }
    }
}
