using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.PromptCache.Tests.Flights;

public sealed class BoardingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Board_AnotherKey_IsAnotherCall()
    {
        var rig = new FlightRig();
        using var one = rig.Board(plan: FlightRig.Plan(key: 1));
        using var other = rig.Board(plan: FlightRig.Plan(key: 2));

        Assert.True(one.IsLeader && other.IsLeader);
        await rig.CallAsync(1);
    }

    [Fact]
    public async Task Board_AfterAPurge_IsAnotherCall()
    {
        var rig = new FlightRig();
        using var before = rig.Board(plan: FlightRig.Plan(epoch: 1));
        using var after = rig.Board(plan: FlightRig.Plan(epoch: 2));

        Assert.True(after.IsLeader);
        await rig.CallAsync(1);
    }

    [Fact]
    public async Task Board_NoCache_MakesACallThatOthersJoin()
    {
        var rig = new FlightRig();
        using var first = rig.Board();
        using var noCache = rig.Table.Board(rig.Request(plan: FlightRig.Plan(reads: false)) with { IsFresh = true });
        using var third = rig.Board();
        await rig.CallAsync(1);
        var (old, fresh) = (rig.Calls.First(), rig.Calls.Last());

        Assert.True(noCache.IsLeader);
        await old.PlainAsync("{\"id\":\"old\"}");
        await fresh.PlainAsync("{\"id\":\"fresh\"}");

        var bodies = new List<string>();
        foreach (var seat in new[] { first, noCache, third })
        {
            bodies.Add(System.Text.Encoding.UTF8.GetString(Assert.IsType<FlightStart.Whole>(await seat.WholeAsync(Cancelled)).Body.Span));
        }

        // Which of the two calls came first is for the scheduler to say.
        Assert.Equal(bodies[1], bodies[2]);
        Assert.NotEqual(bodies[0], bodies[1]);
    }

    [Fact]
    public async Task Board_LeaderKeepsNothing_TheFollowersWishCounts()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(plan: FlightRig.Plan(stores: false));
        using var follower = rig.Board();
        await (await rig.CallAsync()).PlainAsync(FlightRig.Plain);
        await follower.WholeAsync(Cancelled);

        Assert.True(Assert.Single(rig.Kept).Plan.Stores);
    }

    [Fact]
    public async Task Board_NobodyKeeps_NothingIsKept()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(plan: FlightRig.Plan(stores: false));
        await (await rig.CallAsync()).PlainAsync(FlightRig.Plain);
        await leader.WholeAsync(Cancelled);

        Assert.Empty(rig.Kept);
    }

    [Fact]
    public async Task Deadline_OfTheLeader_IsNoFailureOfAFollowerWithTimeLeft()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(seconds: 2);
        using var follower = rig.Board(seconds: 60);
        using var hurried = rig.Board(seconds: 2.1);
        var call = await rig.CallAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        call.Refuse(ApiError.Timeout("late"));

        var start = await follower.WholeAsync(Cancelled);

        Assert.True(follower.IsOnlyTheLeaders(start));
        Assert.False(leader.IsOnlyTheLeaders(start));
        Assert.False(hurried.IsOnlyTheLeaders(start));
    }

    [Fact]
    public async Task Timeout_BeforeTheLeadersDeadline_IsEverybodys()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(seconds: 30);
        using var follower = rig.Board(seconds: 60);
        var call = await rig.CallAsync();
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        call.Refuse(ApiError.Timeout("the provider was silent"));

        Assert.False(follower.IsOnlyTheLeaders(await follower.WholeAsync(Cancelled)));
    }

    [Theory]
    [InlineData(503, 0, true)]
    [InlineData(429, 0, true)]
    [InlineData(503, 1, false)]
    [InlineData(400, 0, false)]
    public async Task Refusal_BeforeAnyAttempt_MayBeTheLeadersDeadlineOnly(int status, int attempts, bool isLeaders)
    {
        var rig = new FlightRig();
        using var leader = rig.Board(seconds: 2);
        using var follower = rig.Board(seconds: 60);
        using var like = rig.Board(seconds: 3);
        await (await rig.CallAsync()).PlainAsync("{}", status, attempts: attempts);

        var start = await follower.WholeAsync(Cancelled);

        Assert.Equal(isLeaders, follower.IsOnlyTheLeaders(start));
        Assert.False(like.IsOnlyTheLeaders(start));
    }

    // What it has been sent cannot be taken back, so it does not begin what will be cut.
    [Fact]
    public void Board_StreamThatEndsLongBeforeMine_IsAnotherCall()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true, seconds: 2);
        using var plain = rig.Board(seconds: 60);
        using var stream = rig.Board(streams: true, seconds: 60);
        using var like = rig.Board(streams: true, seconds: 61);

        Assert.Equal((false, true, false), (plain.IsLeader, stream.IsLeader, like.IsLeader));
    }

    [Fact]
    public async Task BoardToRefresh_AsksNoCacheAndIsOnlyOne()
    {
        var rig = new FlightRig { Lookup = _ => throw new InvalidOperationException("The cache was asked.") };
        using var refresh = rig.Table.BoardToRefresh(rig.Request());

        Assert.NotNull(refresh);
        Assert.Null(rig.Table.BoardToRefresh(rig.Request()));
        await (await rig.CallAsync()).PlainAsync(FlightRig.Plain);
        Assert.IsType<FlightStart.Whole>(await refresh.WholeAsync(Cancelled));
        Assert.Single(rig.Kept);
        Assert.Equal(0, rig.Table.Count);
    }

    // It is called for with less urgency, and the answer that is kept may still serve.
    [Fact]
    public async Task Board_WhileARefreshIsUnderWay_AsksTheCacheAndDoesNotWaitForIt()
    {
        var asked = 0;
        var rig = new FlightRig
        {
            Lookup = _ =>
            {
                asked++;
                return default;
            },
        };
        using var refresh = rig.Table.BoardToRefresh(rig.Request());
        await rig.CallAsync();
        using var seat = rig.Board();
        using var follower = rig.Board();
        Assert.Null(rig.Table.BoardToRefresh(rig.Request()));
        await (await rig.CallAsync(1)).PlainAsync(FlightRig.Plain);

        Assert.Equal((true, false, 1), (seat.IsLeader, follower.IsLeader, asked));
        Assert.IsType<FlightStart.Whole>(await follower.WholeAsync(Cancelled));
    }

    // Whoever comes and goes at whatever moment: each gets an answer or leaves, and nothing is held at the end.
    [Fact]
    public async Task Board_InAnyOrder_LeavesNothingBehind()
    {
        var rig = new FlightRig();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var answering = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    while (rig.Calls.Count <= i && !stop.IsCancellationRequested)
                    {
                        await Task.Yield();
                    }

                    if (rig.Calls.ElementAtOrDefault(i) is { } call)
                    {
                        await (i % 2 == 0 ? call.StreamAsync(FlightRig.Word, FlightRig.Stop, FlightRig.Usage, FlightRig.Done) : call.PlainAsync(FlightRig.Plain));
                    }
                }
            },
            Cancelled);

        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 50, CancellationToken = Cancelled }, async (i, token) =>
        {
            using var seat = rig.Board(streams: i % 3 == 0, FlightRig.Plan(key: (byte)(i % 4)));
            if (i % 5 == 0)
            {
                await Task.Yield();
                return;
            }

            Assert.IsType<FlightStart.Whole>(await seat.WholeAsync(token).WaitAsync(TimeSpan.FromSeconds(30), token));
        });
        await stop.CancelAsync();
        await answering;

        Assert.Equal(0, rig.Table.Count);
        await Soon.UntilAsync(() => rig.Calls.All(call => call.Token.IsCancellationRequested || call.Upstream is null or { IsDisposed: true }));
    }
}
