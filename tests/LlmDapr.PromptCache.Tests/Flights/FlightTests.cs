using System.Text;
using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.PromptCache.Tests.Flights;

public sealed class FlightTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Board_ManyAtOnce_IsOneCallForAll(bool leaderStreams)
    {
        var rig = new FlightRig();
        var seats = Enumerable.Range(0, 500).Select(i => rig.Board(streams: i % 2 == 0 == leaderStreams)).ToList();
        var call = await rig.CallAsync();
        await (leaderStreams ? call.StreamAsync(FlightRig.Word, FlightRig.Stop, FlightRig.Usage, FlightRig.Done) : call.PlainAsync(FlightRig.Plain));

        foreach (var seat in seats)
        {
            var whole = Assert.IsType<FlightStart.Whole>(await seat.WholeAsync(Cancelled));
            Assert.Equal(Answers.Json.Canonical(FlightRig.Plain), Answers.Json.Canonical(whole.Body));
            Assert.Contains(whole.Head.Headers, header => header is ["content-type", "application/json"]);
            if (leaderStreams)
            {
                var (text, end) = await FlightRig.ReadAsync(await seat.StartAsync(Cancelled));
                Assert.Equal(FlightRig.Word + FlightRig.Stop + FlightRig.Usage + FlightRig.Done, text);
                Assert.True(end.IsComplete);
            }

            seat.Dispose();
        }

        Assert.Single(rig.Calls);
        Assert.Single(seats, seat => seat.IsLeader);
        Assert.Equal((200, "m", "p/m", new TokenUsage(3, 4)), Assert.Single(rig.Kept).Answer is var kept ? (kept.Status, kept.Model, kept.Target, kept.Usage) : default);
        Assert.Equal(499, rig.Shared.Count(start => start is FlightStart.Whole { Usage.Total: 7 }));
        Assert.Equal(0, rig.Table.Count);
        Assert.False(call.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task Stream_LateFollower_GetsWhatWasSaidThenWhatComes()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true);
        var call = await rig.CallAsync();
        call.Begin();
        await call.SayAsync(FlightRig.Word);
        var first = Assert.IsType<FlightStart.Streaming>(await leader.StartAsync(Cancelled)).Stream.First!;
        await first.Next.WaitAsync(Cancelled);

        using var follower = rig.Board(streams: true);
        var stream = Assert.IsType<FlightStart.Streaming>(await follower.StartAsync(Cancelled)).Stream;
        var word = await stream.First!.Next.WaitAsync(Cancelled);
        Assert.Equal(FlightRig.Word, Encoding.UTF8.GetString(word!.Bytes.Span));
        Assert.False(word.Next.IsCompleted);
        await call.SayAsync(FlightRig.Stop + FlightRig.Usage);
        var stop = await word.Next.WaitAsync(Cancelled);
        Assert.Equal((FlightRig.Stop, false), (Encoding.UTF8.GetString(stop!.Bytes.Span), stop.IsUsage));
        Assert.True((await stop.Next.WaitAsync(Cancelled))!.IsUsage);

        await call.SayAsync(FlightRig.Done);
        Assert.Equal(FlightRig.Word + FlightRig.Stop + FlightRig.Done, (await FlightRig.ReadAsync(await follower.StartAsync(Cancelled), usage: false)).Text);
        Assert.False(follower.IsLeader);
    }

    // Whoever has seen the end and asks again gets the answer from the cache.
    [Fact]
    public async Task Stream_Done_IsKeptBeforeAnybodySeesIt()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true);
        var call = await rig.CallAsync();
        call.Begin();
        await call.SayAsync(FlightRig.Word + FlightRig.Stop + FlightRig.Usage + FlightRig.Done);

        // The body's end has not come, and is not waited for.
        Assert.True((await FlightRig.ReadAsync(await leader.StartAsync(Cancelled))).End.IsComplete);
        Assert.Single(rig.Kept);
        Assert.Equal(0, rig.Table.Count);

        await call.EndAsync();
        await Soon.UntilAsync(() => call.Upstream!.IsDisposed);
        Assert.True(call.Upstream!.WasReadToEnd);
    }

    [Fact]
    public async Task Follower_Slow_HoldsNobodyUp()
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true);
        using var slow = rig.Board(streams: true);
        var call = await rig.CallAsync();
        await call.StreamAsync([.. Enumerable.Repeat(FlightRig.Word, 1000), FlightRig.Stop, FlightRig.Usage, FlightRig.Done]);
        var start = await slow.StartAsync(Cancelled);

        var (all, _) = await FlightRig.ReadAsync(await leader.StartAsync(Cancelled));

        Assert.Single(rig.Kept);
        Assert.Equal(all, (await FlightRig.ReadAsync(start)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leader_Leaves_TheCallGoesOnForTheOthers(bool streams)
    {
        var rig = new FlightRig();
        var leader = rig.Board(streams);
        using var follower = rig.Board(streams);
        var call = await rig.CallAsync();
        leader.Dispose();
        leader.Dispose();

        Assert.False(call.Token.IsCancellationRequested);
        await (streams ? call.StreamAsync(FlightRig.Word, FlightRig.Stop, FlightRig.Usage, FlightRig.Done) : call.PlainAsync(FlightRig.Plain));
        Assert.IsType<FlightStart.Whole>(await follower.WholeAsync(Cancelled));
        Assert.Single(rig.Kept);
    }

    [Fact]
    public async Task LastOne_Leaves_TheCallIsCancelledAndNobodyCanJoinIt()
    {
        var rig = new FlightRig();
        var (leader, follower) = (rig.Board(streams: true), rig.Board());
        var call = await rig.CallAsync();
        call.Begin();
        await call.SayAsync(FlightRig.Word);
        await leader.StartAsync(Cancelled);

        leader.Dispose();
        Assert.Equal(1, rig.Table.Count);
        follower.Dispose();
        Assert.Equal(0, rig.Table.Count);

        await Soon.UntilAsync(() => call.Token.IsCancellationRequested && call.Upstream!.IsDisposed);
        Assert.Empty(rig.Kept);
        using var next = rig.Board();
        Assert.True(next.IsLeader);
        await rig.CallAsync(1);
    }

    [Fact]
    public async Task LastOne_LeavesBeforeTheHead_TheCallIsCancelled()
    {
        var rig = new FlightRig();
        var leader = rig.Board();
        var call = await rig.CallAsync();

        leader.Dispose();

        await Soon.UntilAsync(() => call.Token.IsCancellationRequested);
    }

    public static TheoryData<int, string> Failures => new() { { 500, """{"error":{}}""" }, { 429, """{"error":{}}""" }, { 200, """{"id":"no usage"}""" }, { 200, "{\"usage\":" }, { 201, FlightRig.Plain } };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Answer_NotACompleteSuccess_GoesToEachAndIsNotKept(int status, string body)
    {
        var rig = new FlightRig();
        using var leader = rig.Board();
        using var follower = rig.Board(streams: true);
        await (await rig.CallAsync()).PlainAsync(body, status);

        foreach (var seat in new[] { leader, follower })
        {
            var whole = Assert.IsType<FlightStart.Whole>(await seat.StartAsync(Cancelled));
            Assert.Equal((status, body), (whole.Head.Status, Encoding.UTF8.GetString(whole.Body.Span)));
        }

        Assert.Empty(rig.Kept);
        using var next = rig.Board();
        Assert.True(next.IsLeader);
    }

    [Fact]
    public async Task Call_Refused_GoesToEachOnce()
    {
        var rig = new FlightRig();
        using var leader = rig.Board();
        using var follower = rig.Board(streams: true);
        (await rig.CallAsync()).Refuse(ApiError.Unavailable("no", TimeSpan.FromSeconds(1)));

        Assert.Equal(503, Assert.IsType<FlightStart.Failed>(await leader.WholeAsync(Cancelled)).Error.Status);
        Assert.Equal(503, Assert.IsType<FlightStart.Failed>(await follower.StartAsync(Cancelled)).Error.Status);
        using var next = rig.Board();
        await (await rig.CallAsync(1)).PlainAsync(FlightRig.Plain);
        Assert.IsType<FlightStart.Whole>(await next.WholeAsync(Cancelled));
    }

    [Fact]
    public async Task Call_Defect_IsA500ForEach()
    {
        var rig = new FlightRig();
        using var leader = rig.Board();
        using var follower = rig.Board();
        (await rig.CallAsync()).Throw(new InvalidOperationException("bug"));

        Assert.Equal(500, Assert.IsType<FlightStart.Failed>(await leader.WholeAsync(Cancelled)).Error.Status);
        Assert.Equal(500, Assert.IsType<FlightStart.Failed>(await follower.WholeAsync(Cancelled)).Error.Status);
        Assert.Equal(0, rig.Table.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Body_OfAnotherLength_Is502AndNotKept(int more)
    {
        var rig = new FlightRig();
        using var leader = rig.Board();
        await (await rig.CallAsync()).PlainAsync(FlightRig.Plain, length: FlightRig.Plain.Length + more);

        Assert.Equal(502, Assert.IsType<FlightStart.Failed>(await leader.WholeAsync(Cancelled)).Error.Status);
        Assert.Empty(rig.Kept);
    }

    public static TheoryData<string, bool, int> Cuts => new()
    {
        { FlightRig.Word, false, 502 },
        { FlightRig.Word + FlightRig.Stop + FlightRig.Usage, false, 502 },
        { FlightRig.Word + FlightRig.Stop + FlightRig.Usage + FlightRig.Done[..^1], false, 502 },
        { FlightRig.Word + FlightRig.Stop + FlightRig.Usage + FlightRig.Done + FlightRig.Word, false, 502 },
        { FlightRig.Word + "data: {\"error\":{\"message\":\"m\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n", true, 502 },
        { FlightRig.Word + "data: {\"error\":{\"message\":\"m\",\"type\":\"timeout\",\"param\":null,\"code\":null}}\n\n", true, 504 },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Stream_Cut_EndsBrokenForEachAndIsNotKept(string sent, bool told, int status)
    {
        foreach (var fault in new[] { null, new IOException("cut") })
        {
            var rig = new FlightRig();
            using var leader = rig.Board(streams: true);
            using var follower = rig.Board();
            var call = await rig.CallAsync();
            call.Begin();
            await call.SayAsync(sent);
            var start = Assert.IsType<FlightStart.Streaming>(await leader.StartAsync(Cancelled));
            var first = start.Stream.First!;
            await first.Next.WaitAsync(Cancelled);
            await call.EndAsync(fault);

            var (text, end) = await FlightRig.ReadAsync(start);
            Assert.Equal((told, status), (end.IsTold, end.Error!.Status));
            Assert.StartsWith(FlightRig.Word, text, StringComparison.Ordinal);
            Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
            Assert.Equal(told, text.Contains("\"error\"", StringComparison.Ordinal));
            Assert.Equal(status, Assert.IsType<FlightStart.Failed>(await follower.WholeAsync(Cancelled)).Error.Status);
            Assert.Empty(rig.Kept);
            using var next = rig.Board();
            Assert.True(next.IsLeader);
        }
    }

    [Fact]
    public async Task Stream_TooLarge_GoesOnForThoseOnBoardOnly()
    {
        var rig = new FlightRig(maxAnswerBytes: FlightRig.Word.Length * 3);
        using var leader = rig.Board(streams: true);
        using var plain = rig.Board();
        var call = await rig.CallAsync();
        call.Begin();
        var stream = Assert.IsType<FlightStart.Streaming>(await leader.StartAsync(Cancelled)).Stream;
        var first = stream.First!;
        for (var i = 0; i < 4; i++)
        {
            await call.SayAsync(FlightRig.Word);
        }

        await Soon.UntilAsync(() => stream.First is null);
        using var late = rig.Board(streams: true);
        Assert.True(late.IsLeader);
        await call.SayAsync(FlightRig.Stop + FlightRig.Usage + FlightRig.Done);

        var count = 0;
        for (var part = first; part is not null; part = await part.Next.WaitAsync(Cancelled))
        {
            count += part.Bytes.Length;
        }

        Assert.Equal((4 * FlightRig.Word.Length) + FlightRig.Stop.Length + FlightRig.Usage.Length + FlightRig.Done.Length, count);
        Assert.True(stream.End!.IsComplete);
        Assert.IsType<FlightStart.Failed>(await plain.WholeAsync(Cancelled));
        Assert.Empty(rig.Kept);
    }

    // Else a call that hangs would hold whoever asks the same, as long as somebody does.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_WithoutAnEndAtTheLeadersDeadline_IsGivenUp(bool hasBegun)
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true, seconds: 30);
        using var follower = rig.Board(seconds: 60);
        var call = await rig.CallAsync();
        if (hasBegun)
        {
            call.Begin();
            await call.SayAsync(FlightRig.Word);
            await leader.StartAsync(Cancelled);
        }

        rig.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(call.Token.IsCancellationRequested);
        rig.Time.Advance(TimeSpan.FromSeconds(2));

        var start = await follower.WholeAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(20), Cancelled);
        Assert.Equal(504, Assert.IsType<FlightStart.Failed>(start).Error.Status);
        Assert.True(follower.IsOnlyTheLeaders(start));
        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal(0, rig.Table.Count);
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(1e9)]
    public async Task Board_TimeLeftThatNoTimerTakes_IsAnswered(double seconds)
    {
        var rig = new FlightRig();
        using var seat = rig.Board(seconds: seconds);
        await (await rig.CallAsync()).PlainAsync(FlightRig.Plain);

        Assert.IsType<FlightStart.Whole>(await seat.WholeAsync(Cancelled).WaitAsync(TimeSpan.FromSeconds(20), Cancelled));
    }

    [Fact]
    public async Task Stream_ConnectionFaultsAfterDone_StaysComplete()
    {
        var rig = new FlightRig();
        var upstream = new FaultingUpstream(Encoding.UTF8.GetBytes(FlightRig.Word + FlightRig.Stop + FlightRig.Usage + FlightRig.Done));
        using var seat = rig.Table.Board(rig.Request(streams: true) with { CallAsync = _ => Task.FromResult<(UpstreamAnswer?, ApiError?)>((upstream, null)) });
        var start = await seat.StartAsync(Cancelled);
        await Soon.UntilAsync(() => rig.Log.Collector.GetSnapshot().Any(log => log.Id.Name == "FlightDefect"));

        Assert.True((await FlightRig.ReadAsync(start)).End.IsComplete);
    }

    [Fact]
    public async Task Stream_ErrorOfTheProviders_IsNotLogged()
    {
        var rig = new FlightRig();
        using var seat = rig.Board(streams: true);
        await (await rig.CallAsync()).StreamAsync(FlightRig.Word, """data: {"error":{"message":"'PROMPT-TEXT' is refused","type":"PROMPT-TEXT"}}""" + "\n\n");

        Assert.Contains("PROMPT-TEXT", (await FlightRig.ReadAsync(await seat.StartAsync(Cancelled))).End.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PROMPT-TEXT", Assert.Single(rig.Log.Collector.GetSnapshot()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data: 1\n\n" + FlightRig.Done)]
    [InlineData(FlightRig.Word + FlightRig.Done)]
    public async Task Stream_CannotBeToldAsAPlainAnswer_IsNoFailureOfAFollowerWhoWantsOne(string sent)
    {
        var rig = new FlightRig();
        using var leader = rig.Board(streams: true);
        using var plain = rig.Board();
        await (await rig.CallAsync()).StreamAsync(sent);

        Assert.True(plain.IsOnlyTheLeaders(await plain.WholeAsync(Cancelled)));
        Assert.Empty(rig.Kept);
    }

    [Fact]
    public async Task Lookup_Hit_IsForAllAndNoCallIsMade()
    {
        var rig = new FlightRig();
        var lookups = 0;
        var goOn = new TaskCompletionSource();
        rig.Lookup = async plan =>
        {
            Interlocked.Increment(ref lookups);
            await goOn.Task;
            return new CacheLookup(new CacheEntry(new CacheAnswer(200, "m", null, default, default), default, default, default, 0), CacheLevel.Store, TimeSpan.FromSeconds(3), false);
        };
        using var leader = rig.Board();
        using var follower = rig.Board(streams: true);
        goOn.SetResult();

        Assert.Equal(3, Assert.IsType<FlightStart.Hit>(await leader.WholeAsync(Cancelled)).Lookup.Age.TotalSeconds);
        Assert.IsType<FlightStart.Hit>(await follower.StartAsync(Cancelled));
        Assert.Equal((1, 0), (lookups, rig.Calls.Count));
        Assert.Empty(rig.Kept);
    }
}
