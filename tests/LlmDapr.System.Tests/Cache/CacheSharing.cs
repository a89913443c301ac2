using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Cache;

/// <summary>Who asks the same at the same time shares one call, whoever began it; tenants share nothing.</summary>
public abstract class CacheSharing(CacheSystem shared)
{
    private const int Callers = 500;

    private RunningSystem System => shared.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Same_500AtOnce_AreOneCall(bool leaderStreams)
    {
        var model = $"sim?words=12&after=3&fault=gate&seed={(leaderStreams ? 501 : 502)}";
        const string Prompt = "What do all of you want?";
        var asking = new List<Task<CachedAnswer>> { AskAsync(model, Prompt, leaderStreams) };
        await AtTheProviderAsync(model, 1);
        asking.AddRange(Enumerable.Range(1, Callers - 1).Select(i => AskAsync(model, Prompt, stream: i % 2 == 0)));
        await Eventually.TrueAsync(async () => await System.InFlightAsync(AppIds.Edge, Ct) == Callers, "all are at edge", Ct, TimeSpan.FromSeconds(60));
        await System.Simulator.ReleaseAsync(model, Ct);
        var answers = await Task.WhenAll(asking);

        Assert.All(answers, answer => Assert.Equal((200, true, Chat.Expected(model, Prompt)), (answer.Status, answer.IsWhole, answer.Text)));
        Assert.Single(answers.Select(answer => answer.Key).Distinct());
        Assert.Single(answers.Where(answer => answer.Body.StartsWith('{') && !answer.Body.Contains("[DONE]", StringComparison.Ordinal)).Select(answer => answer.Body).Distinct());
        Assert.Equal("miss", answers[0].Cache);
        Assert.All(answers.Skip(1), answer => Assert.True(answer.Cache is "coalesced" or "hit", answer.Cache));
        var counts = await System.Simulator.OfAsync(model, Ct);
        Assert.Equal((1, 1, 0), (counts.Requests, counts.Completed, counts.Cancelled));
        await System.BecomesIdleAsync(Ct);

        // And whoever comes later has it from the cache, in either form.
        foreach (var stream in new[] { true, false })
        {
            var later = await AskAsync(model, Prompt, stream);
            Assert.Equal(("hit", true, Chat.Expected(model, Prompt)), (later.Cache, later.IsWhole, later.Text));
        }

        Assert.Equal(1, (await System.Simulator.OfAsync(model, Ct)).Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LeaderLeaves_OthersAreAnsweredByItsCall(bool leaderStreams)
    {
        var model = $"sim?words=12&after=3&fault=gate&seed={(leaderStreams ? 511 : 512)}";
        const string Prompt = "Who stays?";
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var leader = System.Http.SendAsync(Chat.Request(CachedAnswer.Deterministic(model, Prompt, leaderStreams)), HttpCompletionOption.ResponseHeadersRead, leave.Token);
        await AtTheProviderAsync(model, 1);
        var followers = Enumerable.Range(0, 6).Select(i => AskAsync(model, Prompt, stream: i % 2 == 0)).ToList();
        await Eventually.TrueAsync(async () => await System.InFlightAsync(AppIds.Edge, Ct) == 1 + followers.Count, "all are at edge", Ct);

        await leave.CancelAsync();
        await LeftAsync(leader);
        await Eventually.TrueAsync(async () => await System.InFlightAsync(AppIds.Edge, Ct) == followers.Count, "edge knows that the leader has left", Ct);
        await System.Simulator.ReleaseAsync(model, Ct);
        var answers = await Task.WhenAll(followers);

        Assert.All(answers, answer => Assert.Equal((200, "coalesced", true, Chat.Expected(model, Prompt)), (answer.Status, answer.Cache, answer.IsWhole, answer.Text)));
        var counts = await System.Simulator.OfAsync(model, Ct);
        Assert.Equal((1, 1, 0), (counts.Requests, counts.Completed, counts.Cancelled));
        Assert.Equal("hit", (await AskAsync(model, Prompt, stream: false)).Cache);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AllLeave_TheCallIsCancelledWithinASecondAndNothingIsKept(bool stream)
    {
        var model = $"sim?words=2000&tps=50&seed={(stream ? 521 : 522)}";
        const string Prompt = "Nobody stays";
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var callers = new List<Task<HttpResponseMessage>> { BeginAsync() };
        await AtTheProviderAsync(model, 1);
        callers.AddRange(Enumerable.Range(0, 5).Select(_ => BeginAsync()));
        await Eventually.TrueAsync(async () => await System.InFlightAsync(AppIds.Edge, Ct) == callers.Count, "all are at edge", Ct);

        // The leader goes first and alone: that does not end the call.
        var heads = stream ? await Task.WhenAll(callers) : [];
        heads.FirstOrDefault()?.Dispose();
        var leftAt = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await leave.CancelAsync();
        foreach (var head in heads)
        {
            head.Dispose();
        }

        await Eventually.TrueAsync(async () => (await System.Simulator.OfAsync(model, Ct)).Cancelled == 1, "the provider's call was cancelled", Ct);
        var counts = await System.Simulator.OfAsync(model, Ct);
        Assert.Equal((1, 0), (counts.Requests, counts.InFlight));
        Assert.InRange(counts.LastCancelledAtMs!.Value - leftAt, -50, 1000);
        foreach (var caller in callers)
        {
            await LeftAsync(caller);
        }

        await System.BecomesIdleAsync(Ct);

        // A new caller gets a call of its own.
        using var again = await System.Http.SendAsync(Chat.Request(CachedAnswer.Deterministic(model, Prompt, stream: true)), HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal("miss", again.Headers.GetValues(HeaderNames.Cache).Single());

        Task<HttpResponseMessage> BeginAsync() => System.Http.SendAsync(Chat.Request(CachedAnswer.Deterministic(model, Prompt, stream)), HttpCompletionOption.ResponseHeadersRead, leave.Token);
    }

    [Fact]
    public async Task Tenants_SameAtOnceAndAgain_ShareNothing()
    {
        const string Model = "sim?words=8&fault=gate&seed=531";
        const string Prompt = "Whose is it?";
        string?[] keys = ["sk-first-tenant", "sk-second-tenant", null];
        var asking = Enumerable.Range(0, 30).Select(i => AskAsync(Model, Prompt, stream: i % 2 == 0, keys[i % keys.Length])).ToList();
        await AtTheProviderAsync(Model, keys.Length);
        await Eventually.TrueAsync(async () => await System.InFlightAsync(AppIds.Edge, Ct) == asking.Count, "all are at edge", Ct);
        await System.Simulator.ReleaseAsync(Model, Ct);
        var answers = await Task.WhenAll(asking);

        Assert.All(answers, answer => Assert.Equal((200, true), (answer.Status, answer.IsWhole)));
        Assert.Equal(keys.Length, answers.Count(answer => answer.Cache == "miss"));
        Assert.Equal(keys.Length, (await System.Simulator.OfAsync(Model, Ct)).Requests);
        Assert.Equal(keys.Length, answers.Select(answer => answer.Key).Distinct().Count());
        for (var tenant = 0; tenant < keys.Length; tenant++)
        {
            var own = answers.Where((_, i) => i % keys.Length == tenant).ToList();
            Assert.Single(own.Select(answer => answer.Key).Distinct());
            Assert.Single(own, answer => answer.Cache == "miss");
            Assert.Equal(("hit", own[0].Key), await AskAsync(Model, Prompt, stream: false, keys[tenant]) is var kept ? (kept.Cache, kept.Key) : default);
        }

        // A fourth has no part in what the others paid for.
        var fourth = AskAsync(Model, Prompt, stream: false, "sk-fourth-tenant");
        await AtTheProviderAsync(Model, 1);
        await System.Simulator.ReleaseAsync(Model, Ct);
        Assert.Equal("miss", (await fourth).Cache);
    }

    private async Task AtTheProviderAsync(string model, int calls) =>
        await Eventually.TrueAsync(async () => (await System.Simulator.OfAsync(model, Ct)).InFlight == calls, $"{calls} calls are at the provider", Ct);

    private static async Task LeftAsync(Task<HttpResponseMessage> caller)
    {
        try
        {
            (await caller).Dispose();
        }
        catch (OperationCanceledException)
        {
            // It had no head yet.
        }
    }

    private Task<CachedAnswer> AskAsync(string model, string prompt, bool stream, string? key = null) =>
        CachedAnswer.AskAsync(System.Http, CachedAnswer.Deterministic(model, prompt, stream), key is null ? [] : [("Authorization", $"Bearer {key}")], Ct);
}
