using System.Text.Json;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Simulator.Answers;
using Microsoft.AspNetCore.Http;

namespace LlmDapr.Generation.Tests.Recovery;

public sealed class StreamRecoveryTests
{
    private const string Cut = "sim?fault=cut&after=40";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> FaultsAndModes()
    {
        var data = new TheoryData<string, string>();
        foreach (var fault in new[] { "cut&after=40", "cut&after=1", "stall&after=20", "badjson&after=10", "error-in-stream&after=30", "end&after=59", "end&after=60", "nofinish", "cut&after=2" })
        {
            data.Add(fault, "continue");
            data.Add(fault, "restart");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(FaultsAndModes))]
    public async Task Stream_BreaksAfterWords_IsFinishedByTheFallback(string fault, string mode)
    {
        await using var system = await RecoverySystem.StartAsync(mode, [$"sim?fault={fault}", "sim"], "--Attempts:Idle=00:00:01.5");

        var told = await system.AskAsync();

        Assert.Null(told.Error);
        Assert.Equal(RecoverySystem.Answer, told.Text);
        Assert.True(told.IsDone);
        Assert.Single(told.Ids);
        Assert.Single(told.Created);
        Assert.Equal(1, told.Roles);
        Assert.Equal(["stop"], told.Finishes);
        var usage = Assert.Single(told.Usages);
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(($"t0/sim?fault={fault}", "t1/sim"), (told.Recovered?.GetProperty("from").GetString(), told.Recovered?.GetProperty("to").GetString()));
        Assert.Equal((1, 1), (system.Simulator.Ledger.Of($"sim?fault={fault}").Requests, system.Simulator.Ledger.Of("sim").Requests));

        // The provider sees a moment later that its call was ended.
        await system.Simulator.WaitForAsync(null, counts => counts.InFlight == 0, Cancelled);
    }

    [Theory]
    [InlineData("continue")]
    [InlineData("restart")]
    public async Task Stream_Recovered_CountsBothCallsAndSaysSo(string mode)
    {
        await using var system = await RecoverySystem.StartAsync(mode, [Cut, "sim"]);

        var told = await system.AskAsync();

        var second = system.Simulator.Ledger.Of("sim");
        var said = TokenCounter.Count(string.Concat(SimulatedAnswer.Pieces(RecoverySystem.Answer).Take(40)));
        var prefill = mode == "continue" ? said : 0;
        Assert.True(told.IsDone, $"{told.Text} | {string.Join(" | ", system.Generation.Logs.GetSnapshot().Select(line => line.Message))}");
        var usage = Assert.Single(told.Usages);
        Assert.Equal(
            (second.PromptTokens + second.PromptTokens - prefill, second.CompletionTokens + said),
            (usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64()));
        Assert.Equal(mode, told.Recovered?.GetProperty("mode").GetString());
        Assert.Equal(1, await system.RecoveriesAsync(mode, "recovered"));
        var line = Assert.Single(system.Generation.Logs.GetSnapshot(), line => line.Id.Name == "StreamRecovery");
        Assert.DoesNotContain(RecoverySystem.Answer[..8], line.Message, StringComparison.Ordinal);
    }

    // Edge takes the usage chunk out for whoever did not ask for it, and what it says with it.
    [Theory]
    [InlineData("")]
    [InlineData(RecoverySystem.UsageAsked)]
    public async Task Stream_RecoveredWithUsageForEdge_SaysSoBeforeTheUsage(string more)
    {
        await using var system = await RecoverySystem.StartAsync("restart", [Cut, "sim"]);

        using var hop = await system.Generation.ChatAsync(RecoverySystem.Body(more), ("x-llmdapr-usage", "include"));
        var (_, events) = await hop.ReadAsync();

        var last = events.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^3..];
        Assert.Equal([true, false, false], last.Select(text => text.Contains("\"x_llmdapr_recovered\":{", StringComparison.Ordinal)));
        Assert.Contains("\"usage\":{", last[1], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", last[2]);
    }

    [Fact]
    public async Task Stream_BrokenCallHadReportedItsUsage_IsNotEstimated()
    {
        await using var system = await RecoverySystem.StartAsync("restart", ["sim?fault=nofinish", "sim"]);

        var told = await system.AskAsync();

        var second = system.Simulator.Ledger.Of("sim");
        var usage = Assert.Single(told.Usages);
        Assert.Equal((2 * second.PromptTokens, 2 * second.CompletionTokens), (usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64()));
    }

    [Fact]
    public async Task Stream_UsageNotAskedFor_HasNone()
    {
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, "sim"]);

        var told = await system.AskAsync(RecoverySystem.Body(more: string.Empty));

        Assert.Equal((RecoverySystem.Answer, true), (told.Text, told.IsDone));
        Assert.Empty(told.Usages);
        Assert.NotNull(told.Recovered);
    }

    [Fact]
    public async Task Stream_AllWell_IsAsWithoutRecovery()
    {
        await using var system = await RecoverySystem.StartAsync("continue", ["sim", "sim"]);

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true, 1), (told.Text, told.IsDone, told.Roles));
        Assert.Single(told.Usages);
        Assert.Null(told.Recovered);
    }

    [Fact]
    public async Task Stream_OneTarget_IsAskedAgain()
    {
        await using var system = await RecoverySystem.StartAsync("continue", [Cut + "&times=1"]);

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true), (told.Text, told.IsDone));
    }

    [Theory]
    [InlineData("continue", "sim?fault=cut&after=5")]
    [InlineData("restart", "sim?fault=cut&after=45")]
    [InlineData("restart", "sim?fault=cut&after=30")]
    public async Task Stream_FallbackBreaksToo_IsFinishedByTheThird(string mode, string second)
    {
        await using var system = await RecoverySystem.StartAsync(mode, [Cut, second, "sim"]);

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true, 1), (told.Text, told.IsDone, told.Roles));
        Assert.Single(told.Ids);
        Assert.Equal("t2/sim", told.Recovered?.GetProperty("to").GetString());
    }

    [Fact]
    public async Task Stream_EverybodyBreaks_EndsWithTheErrorAfterTwoRecoveries()
    {
        await using var system = await RecoverySystem.StartAsync("restart", ["sim?fault=cut&after=10", "sim?fault=cut&after=20", "sim?fault=cut&after=30", "sim?fault=cut&after=40"]);

        var told = await system.AskAsync();

        Assert.Equal((false, "upstream_error"), (told.IsDone, told.Error?.GetProperty("code").GetString()));
        Assert.Equal(string.Concat(SimulatedAnswer.Pieces(RecoverySystem.Answer).Take(30)), told.Text);
        Assert.Equal(3, system.Simulator.Ledger.Snapshot().Total.Requests);
    }

    [Fact]
    public async Task Stream_AttemptsAreUsedUp_EndsWithTheError()
    {
        await using var system = await RecoverySystem.StartAsync("restart", [Cut, "sim"], "--Attempts:MaxAttempts=1", "--Attempts:PerTarget=1");

        var told = await system.AskAsync();

        Assert.Equal((false, true), (told.IsDone, told.Error is not null));
        Assert.Equal(0, system.Simulator.Ledger.Of("sim").Requests);
    }

    [Fact]
    public async Task Stream_FallbackRefusesPrefill_IsAskedAgainFromTheBeginning()
    {
        await using var fallback = await ScriptedProvider.StartAsync();
        fallback.Script = context => ScriptedChat.LastMessage(fallback.Requests.Last()).Role == "assistant"
            ? ScriptedChat.RefuseAsync(context)
            : ScriptedChat.SayAsync(context, [.. SimulatedAnswer.Pieces(RecoverySystem.Answer)]);
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, fallback.Address], "--Recovery:MaxPerRequest=1");

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true, 1), (told.Text, told.IsDone, told.Roles));
        Assert.Equal(2, fallback.Requests.Count);
        Assert.Equal("restart", told.Recovered?.GetProperty("mode").GetString());
        Assert.Equal((1, 1), (await system.RecoveriesAsync("continue", "refused"), await system.RecoveriesAsync("restart", "recovered")));
    }

    [Fact]
    public async Task Stream_FallbackRefusesPrefillAndSaysSomethingElse_EndsWithTheCutsError()
    {
        await using var fallback = await ScriptedProvider.StartAsync();
        fallback.Script = context => ScriptedChat.LastMessage(fallback.Requests.Last()).Role == "assistant" ? ScriptedChat.RefuseAsync(context) : ScriptedChat.SayAsync(context, "Something", " else.");
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, fallback.Address]);

        var told = await system.AskAsync();

        Assert.False(told.IsDone);
        Assert.Equal("upstream_error", told.Error?.GetProperty("type").GetString());
        Assert.DoesNotContain("prefill", told.Error?.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(string.Concat(SimulatedAnswer.Pieces(RecoverySystem.Answer).Take(40)), told.Text);
    }

    [Theory]
    [InlineData("restart")]
    [InlineData("continue")]
    public async Task Stream_FallbackBeginsAnewWithOtherWords_EndsWithTheError(string mode)
    {
        var other = RecoverySystem.Answer[..50] + " and so on.";
        await using var fallback = await ScriptedProvider.StartAsync();
        fallback.Script = context => ScriptedChat.SayAsync(context, [.. SimulatedAnswer.Pieces(other)]);
        await using var system = await RecoverySystem.StartAsync(mode, [Cut, fallback.Address]);

        var told = await system.AskAsync();

        Assert.Equal((false, string.Concat(SimulatedAnswer.Pieces(RecoverySystem.Answer).Take(40))), (told.IsDone, told.Text));
        Assert.NotNull(told.Error);
        Assert.Equal(1, await system.RecoveriesAsync("restart", "different"));
    }

    [Fact]
    public async Task Stream_FallbackRepeatsThePrefill_IsNotDoubled()
    {
        await using var fallback = await ScriptedProvider.StartAsync();
        fallback.Script = context => ScriptedChat.SayAsync(context, [.. SimulatedAnswer.Pieces(RecoverySystem.Answer)]);
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, fallback.Address]);

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true), (told.Text, told.IsDone));
        Assert.Single(fallback.Requests);
        Assert.Equal(("assistant", string.Concat(SimulatedAnswer.Pieces(RecoverySystem.Answer).Take(40))), ScriptedChat.LastMessage(fallback.Requests.Single()));
    }

    [Theory]
    [InlineData("off", "")]
    [InlineData("continue", ",\"n\":2")]
    [InlineData("continue", ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":{}}}}],\"tool_choice\":\"none\"")]
    [InlineData("restart", ",\"logprobs\":true")]
    public async Task Stream_NotToBeRecovered_EndsWithTheError(string mode, string more)
    {
        await using var system = await RecoverySystem.StartAsync(mode, ["sim?fault=cut&after=10", "sim"]);

        var told = await system.AskAsync(RecoverySystem.Body(more));

        Assert.Equal((false, true), (told.IsDone, told.Error is not null));
        Assert.Equal(0, system.Simulator.Ledger.Of("sim").Requests);
    }

    [Fact]
    public async Task Stream_ToolCallWithoutTools_EndsWithTheError()
    {
        await using var broken = await ScriptedProvider.StartAsync();
        broken.Script = context => ScriptedProvider.SayAsync(context, ScriptedChat.Role(), ScriptedChat.Chunk("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}"""));
        await using var system = await RecoverySystem.StartAsync("restart", [broken.Address, "sim"]);

        var told = await system.AskAsync();

        Assert.NotNull(told.Error);
        Assert.Equal(0, system.Simulator.Ledger.Of("sim").Requests);
    }

    [Theory]
    [InlineData("continue")]
    [InlineData("restart")]
    public async Task Stream_NobodyAnswersTheRecovery_EndsWithTheFirstError(string mode)
    {
        await using var fallback = await ScriptedProvider.StartAsync();
        fallback.Script = context => ScriptedProvider.AnswerAsync(context, """{"error":{"message":"second","type":"server_error","param":null,"code":null}}""", 503);
        await using var system = await RecoverySystem.StartAsync(mode, ["sim?fault=error-in-stream&after=40", fallback.Address]);

        var told = await system.AskAsync();

        Assert.Equal((false, "The server had an error while processing your request. Sorry about that!"), (told.IsDone, told.Error?.GetProperty("message").GetString()));
        Assert.Equal(1, await system.RecoveriesAsync(mode, "failed"));
    }

    [Fact]
    public async Task Stream_CallerLeavesDuringTheRecovery_EndsEverything()
    {
        await using var system = await RecoverySystem.StartAsync("restart", [Cut, "sim?fault=gate&after=5"]);

        using (var hop = await system.Generation.ChatAsync(RecoverySystem.Body()))
        {
            await hop.HeadAsync();
            await system.Simulator.WaitForAsync("sim?fault=gate&after=5", counts => counts.InFlight == 1, Cancelled);
        }

        await system.Simulator.WaitForAsync("sim?fault=gate&after=5", counts => counts.Cancelled == 1, Cancelled);
        await system.Generation.IdleAsync();
    }

    [Fact]
    public async Task Stream_TimeRunsOutDuringTheRecovery_EndsWithATimeoutAndNothingRuns()
    {
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, "sim?fault=hang"]);

        using var hop = await system.Generation.ChatAsync(RecoverySystem.Body(), ("x-llmdapr-deadline-ms", "1500"));
        var told = new ToldStream((await hop.ReadAsync()).Body);

        Assert.Equal((false, "timeout"), (told.IsDone, told.Error?.GetProperty("code").GetString()));
        await system.Simulator.WaitForAsync("sim?fault=hang", counts => counts is { Cancelled: 1, InFlight: 0 }, Cancelled);
        await system.Generation.IdleAsync();
    }

    // The caller has begun the answer itself: what was said goes on that message.
    [Fact]
    public async Task Stream_RequestWithAPrefillOfItsOwn_IsContinued()
    {
        var begun = RecoverySystem.Answer[..30];
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, "sim"]);

        var told = await system.AskAsync(
            $$"""{"model":"two","stream":true,"messages":[{"role":"user","content":"{{RecoverySystem.Question}}"},{"role":"assistant","content":{{JsonSerializer.Serialize(begun)}}}]}""");

        Assert.Equal((RecoverySystem.Answer, true), (begun + told.Text, told.IsDone));
        Assert.Equal("continue", told.Recovered?.GetProperty("mode").GetString());
        Assert.Equal(2, JsonElement.Parse(system.Simulator.Requests.Of("sim").Single().Body.Span).GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task Stream_Broken_IsClosedBeforeTheNextCallBegins()
    {
        await using var fallback = await ScriptedProvider.StartAsync();
        await using var broken = await ScriptedProvider.StartAsync();
        var order = new List<string>();
        broken.Script = async context =>
        {
            await ScriptedProvider.SayAsync(context, ScriptedChat.Role(), ScriptedChat.Words("So "), "{\"rubbish");
            await ScriptedProvider.NeverEndAsync(context);
        };
        fallback.Script = async context =>
        {
            await broken.CallerLeft;
            await ScriptedChat.SayAsync(context, "So", " it is.");
        };
        await using var system = await RecoverySystem.StartAsync("restart", [broken.Address, fallback.Address]);

        var told = await system.AskAsync();

        Assert.Equal(("So it is.", true), (told.Text, told.IsDone));
    }

    [Fact]
    public async Task Stream_CutInsideACharacterAndWithSpaces_HasBothHalves()
    {
        const string Begin = "The word for it that we are looking for is ";
        await using var broken = await ScriptedProvider.StartAsync();
        await using var fallback = await ScriptedProvider.StartAsync();
        broken.Script = context => ScriptedProvider.SayAsync(context, ScriptedChat.Role(), ScriptedChat.Words(Begin), ScriptedChat.Chunk("""{"content":"\ud83c"}"""));
        fallback.Script = context => ScriptedChat.SayAsync(context, " ", "\U0001F30A yes", ".");
        await using var system = await RecoverySystem.StartAsync("continue", [broken.Address, fallback.Address]);

        using var hop = await system.Generation.ChatAsync(RecoverySystem.Body());
        var events = (await hop.ReadAsync()).Body;

        Assert.Equal(("assistant", Begin.TrimEnd()), ScriptedChat.LastMessage(fallback.Requests.Single()));
        Assert.Contains("""
            "content":"\uDF0A yes"
            """, events, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", events, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_OnlyThoughtsWereSaid_IsAnsweredByTheFallback()
    {
        await using var broken = await ScriptedProvider.StartAsync();
        broken.Script = context => ScriptedProvider.SayAsync(context, ScriptedChat.Role(), ScriptedChat.Chunk("""{"reasoning_content":"Hm."}"""));
        await using var system = await RecoverySystem.StartAsync("continue", [broken.Address, "sim"]);

        var told = await system.AskAsync();

        Assert.Equal((RecoverySystem.Answer, true, 1), (told.Text, told.IsDone, told.Roles));
    }

    [Fact]
    public async Task Stream_UnknownFieldsOfTheFallback_StayAsTheyCame()
    {
        await using var system = await RecoverySystem.StartAsync("continue", [Cut, "sim?echo=raw"]);

        using var hop = await system.Generation.ChatAsync(RecoverySystem.Body());
        var events = (await hop.ReadAsync()).Body;

        Assert.Equal(22, events.Split("\"x_unknown\":{\"a\":1.0e0,\"b\":\"\\u00e9\"}").Length - 1);
        Assert.EndsWith("data: [DONE]\n\n", events, StringComparison.Ordinal);
    }
}
