using LlmDapr.Edge.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Edge.Tests.Caching;

public sealed class CoalescingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prompts_IdenticalAtOnce_AreOneCall()
    {
        const int Count = 500;
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await CachingRig.AnswerAsync(context);
        };

        var asked = Enumerable.Range(0, Count).Select(i => rig.AskAsync(i % 4 == 0 ? CachingRig.StreamWithUsage : i % 2 == 0 ? CachingRig.Stream : CachingRig.Plain)).ToList();
        await Soon.UntilAsync(() => rig.OnBoard == Count);
        goOn.SetResult();
        var answers = await Task.WhenAll(asked);

        Assert.Single(rig.Sidecar.Calls);
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Single(answers, answer => answer.Cache == "miss");
        Assert.Equal(Count - 1, answers.Count(answer => answer.Cache is "coalesced" or "hit"));
        for (var i = 0; i < Count; i++)
        {
            var body = answers[i].Body;
            Assert.Contains("\"Hi\"", body, StringComparison.Ordinal);
            Assert.Equal(i % 2 == 0, body.EndsWith(CachingRig.Done, StringComparison.Ordinal));
            Assert.Equal(i % 2 == 0 ? "text/event-stream" : "application/json", answers[i].ContentType);
            Assert.Equal(i % 4 == 0 || i % 2 == 1, body.Contains("\"total_tokens\":7", StringComparison.Ordinal));
        }

        Assert.Equal(0, rig.Flights);
        await rig.Edge.IdleAsync();
    }

    [Theory]
    [InlineData(CachingRig.Stream)]
    [InlineData(CachingRig.Plain)]
    public async Task Leader_Leaves_TheOthersAreAnswered(string leaders)
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            if (CachingRig.IsStream(context))
            {
                await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
                await goOn.Task;
                await ScriptedSidecar.WriteAsync(context, CachingRig.Stop + CachingRig.Usage + CachingRig.Done);
                return;
            }

            await goOn.Task;
            await ScriptedSidecar.PlainAsync(context, CachingRig.Answer);
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var leader = rig.Edge.Client.SendAsync(EdgeHost.Request(leaders), leaving.Token);
        await rig.Sidecar.ArrivedAsync();
        var followers = new[] { rig.AskAsync(CachingRig.Plain), rig.AskAsync(CachingRig.Stream) };
        await Soon.UntilAsync(() => rig.OnBoard == 3);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        await Soon.UntilAsync(() => rig.OnBoard == 2);
        goOn.SetResult();

        var answers = await Task.WhenAll(followers);
        Assert.All(answers, answer => Assert.Equal((200, "coalesced"), (answer.Status, answer.Cache)));
        Assert.EndsWith(CachingRig.Done, answers[1].Body, StringComparison.Ordinal);
        Assert.Single(rig.Sidecar.Calls);
        Assert.Equal("hit", (await rig.AskAsync()).Cache);
    }

    [Theory]
    [InlineData(CachingRig.Stream)]
    [InlineData(CachingRig.Plain)]
    public async Task Everybody_Leaves_TheCallIsCancelled(string body)
    {
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            if (CachingRig.IsStream(context))
            {
                await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
            }

            await ScriptedSidecar.NeverEndAsync(context);
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var asked = Enumerable.Range(0, 3).Select(_ => rig.Edge.Client.SendAsync(EdgeHost.Request(body), leaving.Token)).ToList();
        await Soon.UntilAsync(() => rig.OnBoard == 3 && !rig.Sidecar.Calls.IsEmpty);

        await leaving.CancelAsync();

        await rig.Sidecar.CallerLeft;
        await rig.Edge.IdleAsync();
        Assert.Equal(0, rig.Flights);
        Assert.DoesNotContain(rig.State.Keys, key => key != "cache-epochs");
        await Task.WhenAll(asked).ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.DoesNotContain(rig.Edge.Logs.GetSnapshot(), log => log.Level >= LogLevel.Error);
    }

    // Both heads carry a status of their own: until the commit point, a failure is an ordinary answer.
    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(400)]
    public async Task Failure_GoesToEachOnceAndIsNotKept(int status)
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await ScriptedSidecar.PlainAsync(context, """{"error":{"message":"m","type":"t","param":null,"code":null}}""", status);
        };
        var asked = Enumerable.Range(0, 6).Select(i => rig.AskAsync(i % 2 == 0 ? CachingRig.Stream : CachingRig.Plain)).ToList();
        await Soon.UntilAsync(() => rig.OnBoard == 6);
        goOn.SetResult();

        var answers = await Task.WhenAll(asked);

        Assert.All(answers, answer => Assert.Equal((status, "application/json"), (answer.Status, answer.ContentType)));
        Assert.Single(rig.Sidecar.Calls);
        rig.Sidecar.Call = CachingRig.AnswerAsync;
        Assert.Equal("miss", (await rig.AskAsync()).Cache);
    }

    [Fact]
    public async Task Generation_OutOfReach_IsA503ForEach()
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await ScriptedSidecar.DaprErrorAsync(context, "no such app");
        };
        var asked = Enumerable.Range(0, 2).Select(i => rig.AskAsync(i % 2 == 0 ? CachingRig.Stream : CachingRig.Plain)).ToList();
        await Soon.UntilAsync(() => rig.OnBoard == 2);
        goOn.SetResult();

        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(503, answer.Status));
        Assert.Single(rig.Sidecar.Calls);
    }

    public static TheoryData<string> Cuts => new(
        CachingRig.Word,
        CachingRig.Word + "data: {\"choi",
        CachingRig.Word + CachingRig.Stop + CachingRig.Usage,
        CachingRig.Word + CachingRig.Stop + CachingRig.Usage + "data: [DONE]\n",
        CachingRig.Word + "data: {\"error\":{\"message\":\"m\",\"type\":\"t\",\"param\":null,\"code\":null}}\n\n");

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Stream_Cut_EndsBrokenForEachAndIsNotKept(string sent)
    {
        foreach (var clean in new[] { true, false })
        {
            var goOn = new TaskCompletionSource();
            await using var rig = await CachingRig.StartAsync();
            rig.Sidecar.Call = async context =>
            {
                await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
                await goOn.Task;
                await ScriptedSidecar.WriteAsync(context, sent[CachingRig.Word.Length..]);
                if (!clean)
                {
                    ScriptedSidecar.Break();
                }
            };
            using var leader = await RawHttp.ChatAsync(rig.Edge, CachingRig.Stream);
            await rig.Sidecar.ArrivedAsync();
            using var follower = await RawHttp.ChatAsync(rig.Edge, CachingRig.Stream);
            var plain = rig.AskAsync(CachingRig.Plain);
            await Soon.UntilAsync(() => rig.OnBoard == 3);
            goOn.SetResult();

            foreach (var raw in new[] { leader, follower })
            {
                var answer = await raw.ToEndAsync();
                Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
                Assert.Contains(CachingRig.Word, answer, StringComparison.Ordinal);
                Assert.Single(System.Text.RegularExpressions.Regex.Matches(answer, "data: {\"error\":{"));
                Assert.DoesNotContain("[DONE]", answer, StringComparison.Ordinal);
                Assert.DoesNotContain("\r\n0\r\n\r\n", answer, StringComparison.Ordinal);
            }

            Assert.Equal(502, (await plain).Status);
            Assert.Single(rig.Sidecar.Calls);
            await rig.Edge.IdleAsync();
            Assert.DoesNotContain(rig.State.Keys, key => key != "cache-epochs");
            rig.Sidecar.Call = CachingRig.AnswerAsync;
            Assert.Equal("miss", (await rig.AskAsync()).Cache);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Body_OfAnotherLength_Is502AndNotKept(int more)
    {
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = context => ScriptedSidecar.PlainAsync(context, CachingRig.Answer, length: CachingRig.Answer.Length + more);

        Assert.Equal(502, (await rig.AskAsync()).Status);
        rig.Sidecar.Call = CachingRig.AnswerAsync;
        Assert.Equal("miss", (await rig.AskAsync()).Cache);
    }

    [Fact]
    public async Task Follower_ReadingNothing_HoldsNobodyUp()
    {
        const int Words = 2000;
        var big = CachingRig.Word.Replace("Hi", new string('x', 8000), StringComparison.Ordinal);
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync(["--Cache:MaxEntryBytes=1048576"]);
        rig.Sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
            await goOn.Task;
            for (var i = 0; i < Words; i++)
            {
                await ScriptedSidecar.WriteAsync(context, big);
            }

            await ScriptedSidecar.WriteAsync(context, CachingRig.Stop + CachingRig.Usage + CachingRig.Done);
        };
        using var slow = await rig.Edge.ChatAsync(CachingRig.Stream);
        await rig.Sidecar.ArrivedAsync();
        var quick = rig.AskAsync(CachingRig.Stream);
        await Soon.UntilAsync(() => rig.OnBoard == 2);
        goOn.SetResult();

        var answer = await quick;

        Assert.Equal("coalesced", answer.Cache);
        Assert.Equal(CachingRig.Word.Length + (Words * big.Length) + CachingRig.Stop.Length + CachingRig.Done.Length, answer.Body.Length);
        await Soon.UntilAsync(() => rig.Edge.InFlight == 1);
        Assert.Equal(answer.Body, await EdgeHost.TextAsync(slow));
        await rig.Edge.IdleAsync();
    }

    [Fact]
    public async Task Deadline_OfTheLeader_IsNotTheFollowers()
    {
        var time = new WatchedTime();
        await using var rig = await CachingRig.StartAsync(time: time);
        rig.Sidecar.Call = async context =>
        {
            if (context.Request.Headers["x-llmdapr-deadline-ms"] == "1000")
            {
                await Soon.UntilAsync(() => time.GetUtcNow() > time.Start);
                await ScriptedSidecar.PlainAsync(context, """{"error":{"message":"late","type":"timeout","param":null,"code":"timeout"}}""", 504);
                return;
            }

            await CachingRig.AnswerAsync(context);
        };
        var leader = rig.AskAsync(CachingRig.Plain, ("x-llmdapr-deadline-ms", "1000"));
        await rig.Sidecar.ArrivedAsync();
        var followers = new[] { rig.AskAsync(CachingRig.Plain), rig.AskAsync(CachingRig.Stream) };
        await Soon.UntilAsync(() => rig.OnBoard == 3);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(504, (await leader).Status);
        Assert.All(await Task.WhenAll(followers), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(2, rig.Sidecar.Calls.Count);
    }

    [Fact]
    public async Task Deadline_OfAFollower_IsItsOwn()
    {
        var time = new WatchedTime();
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync(time: time);
        rig.Sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
            await goOn.Task;
            await ScriptedSidecar.WriteAsync(context, CachingRig.Stop + CachingRig.Usage + CachingRig.Done);
        };
        var leader = rig.AskAsync(CachingRig.Stream);
        await rig.Sidecar.ArrivedAsync();
        var plain = rig.AskAsync(CachingRig.Plain, ("x-llmdapr-deadline-ms", "400000"));
        using var stream = await rig.Edge.ChatAsync(CachingRig.Stream, ("x-llmdapr-deadline-ms", "400000"));
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancelled));
        Assert.Equal(CachingRig.Word.TrimEnd(), await reader.ReadLineAsync(Cancelled));
        await Soon.UntilAsync(() => rig.OnBoard == 3);
        time.Advance(TimeSpan.FromSeconds(402));

        Assert.Equal((504, true), await plain is var late ? (late.Status, late.Body.Contains("\"type\":\"timeout\"", StringComparison.Ordinal)) : default);
        string? line;
        while ((line = await reader.ReadLineAsync(Cancelled)) is { } said && !said.StartsWith("data: {\"error\":{", StringComparison.Ordinal))
        {
            Assert.DoesNotContain("[DONE]", said, StringComparison.Ordinal);
        }

        Assert.Contains("\"type\":\"timeout\"", line, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync(Cancelled));
        goOn.SetResult();
        Assert.EndsWith(CachingRig.Done, (await leader).Body, StringComparison.Ordinal);
        Assert.Single(rig.Sidecar.Calls);
    }

    [Fact]
    public async Task Stream_Silent_GivesEachAComment()
    {
        var time = new WatchedTime();
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync(["--Forwarding:Deadline=02:00:00"], time);
        rig.Sidecar.Call = async context =>
        {
            await ScriptedSidecar.StreamAsync(context, CachingRig.Word);
            await goOn.Task;
            await ScriptedSidecar.WriteAsync(context, CachingRig.Stop + CachingRig.Usage + CachingRig.Done);
        };
        using var leader = await rig.Edge.ChatAsync(CachingRig.Stream);
        using var follower = await rig.Edge.ChatAsync(CachingRig.Stream);
        foreach (var response in new[] { leader, follower })
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled), leaveOpen: true);
            for (string? line = null; line != ": keep-alive";)
            {
                // The clock moves only once the follower waits for what comes after the word.
                var next = reader.ReadLineAsync(Cancelled).AsTask();
                while (!next.IsCompleted)
                {
                    time.Advance(TimeSpan.FromSeconds(15));
                    await Task.WhenAny(next, Task.Delay(20, Cancelled));
                }

                line = await next;
                Assert.NotNull(line);
            }
        }

        goOn.SetResult();
        await rig.Edge.IdleAsync();
        Assert.Single(rig.Sidecar.Calls);
    }

    // An answer that has only the form its leader asked for is no failure of those who want the other.
    [Theory]
    [InlineData(CachingRig.Stream, CachingRig.Plain)]
    [InlineData(CachingRig.Plain, CachingRig.Stream)]
    public async Task Answer_ThatCannotBeToldInTheOtherForm_IsAskedForAgain(string leaders, string followers)
    {
        const string Odd = """{"object":"odd","usage":{"prompt_tokens":3,"completion_tokens":4}}""";
        const string OddStream = "data: 1\n\n" + CachingRig.Done;
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await (CachingRig.IsStream(context) ? ScriptedSidecar.StreamAsync(context, OddStream) : ScriptedSidecar.PlainAsync(context, Odd));
        };
        var leader = rig.AskAsync(leaders);
        await rig.Sidecar.ArrivedAsync();
        var follower = rig.AskAsync(followers);
        await Soon.UntilAsync(() => rig.OnBoard == 2);
        goOn.SetResult();

        var answers = await Task.WhenAll(leader, follower);
        Assert.Equal([200, 200], answers.Select(answer => answer.Status));
        Assert.Equal([Odd, OddStream], answers.Select(answer => answer.Body).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(2, rig.Sidecar.Calls.Count);
    }

    [Fact]
    public async Task NoCache_WhileACallIsUnderWay_MakesItsOwn()
    {
        var goOn = new TaskCompletionSource();
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await CachingRig.AnswerAsync(context);
        };
        var first = rig.AskAsync();
        await rig.Sidecar.ArrivedAsync();
        var second = rig.AskAsync(headers: ("Cache-Control", "no-cache"));
        await rig.Sidecar.ArrivedAsync();
        goOn.SetResult();

        Assert.Equal(["miss", "miss"], (await Task.WhenAll(first, second)).Select(answer => answer.Cache));
    }
}
