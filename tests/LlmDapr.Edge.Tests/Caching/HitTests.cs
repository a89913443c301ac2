using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Edge.Tests.Caching;

public sealed class HitTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_Repeated_IsAHitWithTheSameBytes()
    {
        await using var rig = await CachingRig.StartAsync();

        var first = await rig.AskAsync();
        var second = await rig.AskAsync(CachingRig.Plain.Replace("\"temperature\":0", "\"temperature\": 0.0, \"user\":\"u\"", StringComparison.Ordinal));

        Assert.Equal(("miss", null, CachingRig.Answer), (first.Cache, first.Age, first.Body));
        Assert.Equal(("hit", "0", CachingRig.Answer, "application/json", "p/m"), (second.Cache, second.Age, second.Body, second.ContentType, second.Target));
        Assert.Equal(64, first.Key!.Length);
        Assert.Equal(first.Key, second.Key);
        Assert.Single(rig.Sidecar.Calls);
        await rig.Edge.IdleAsync();
        Assert.DoesNotContain(rig.Edge.Logs.GetSnapshot(), log => log.Level >= LogLevel.Warning || log.Message.Contains("PROMPT-TEXT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_NotDeterministic_Bypasses()
    {
        await using var rig = await CachingRig.StartAsync();

        for (var i = 0; i < 2; i++)
        {
            var answer = await rig.AskAsync(EdgeHost.Chat);
            Assert.Equal(("bypass", null, CachingRig.Answer), (answer.Cache, answer.Key, answer.Body));
        }

        Assert.Equal(2, rig.Sidecar.Calls.Count);
        Assert.All(rig.Sidecar.Calls, call => Assert.DoesNotContain("x-llmdapr-usage", call.Headers.Keys));
    }

    [Fact]
    public async Task Stream_Finished_ServesPlainAndStream()
    {
        await using var rig = await CachingRig.StartAsync();

        var stream = await rig.AskAsync(CachingRig.Stream);
        var plain = await rig.AskAsync(CachingRig.Plain);
        var again = await rig.AskAsync(CachingRig.StreamWithUsage);

        Assert.Equal(("miss", CachingRig.Word + CachingRig.Stop + CachingRig.Done), (stream.Cache, stream.Body));
        Assert.Equal("include", Assert.Single(rig.Sidecar.Calls).Headers["x-llmdapr-usage"]);
        Assert.Equal(("hit", "application/json", stream.Key), (plain.Cache, plain.ContentType, plain.Key));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(CachingRig.Answer), JsonNode.Parse(plain.Body)), plain.Body);
        Assert.Equal(("hit", "text/event-stream"), (again.Cache, again.ContentType));
        Assert.Contains("\"content\":\"Hi\"", again.Body, StringComparison.Ordinal);
        Assert.EndsWith("\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n" + CachingRig.Done, again.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plain_Kept_ServesAStreamWithoutUsageWhereNobodyAskedForIt()
    {
        await using var rig = await CachingRig.StartAsync();
        await rig.AskAsync(CachingRig.Plain);

        var stream = await rig.AskAsync(CachingRig.Stream);

        Assert.Equal("hit", stream.Cache);
        Assert.DoesNotContain("usage", stream.Body, StringComparison.Ordinal);
        Assert.Single(rig.Sidecar.Calls);
    }

    [Fact]
    public async Task Stream_UsageAskedFor_IsGiven()
    {
        await using var rig = await CachingRig.StartAsync();

        Assert.Equal(CachingRig.Word + CachingRig.Stop + CachingRig.Usage + CachingRig.Done, (await rig.AskAsync(CachingRig.StreamWithUsage)).Body);
    }

    [Fact]
    public async Task Embeddings_Repeated_AreAHit()
    {
        const string Body = """{"model":"m","input":["a"]}""";
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = context => ScriptedSidecar.PlainAsync(context, """{"object":"list","data":[],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}""");

        foreach (var expected in new[] { "miss", "hit" })
        {
            using var response = await rig.Edge.SendAsync(EdgeHost.Request(Body, "/v1/embeddings"));
            Assert.Equal(expected, (await CachedAnswer.ReadAsync(response)).Cache);
        }

        Assert.Equal("/hop/embeddings", Assert.Single(rig.Sidecar.Calls).Path);
    }

    [Fact]
    public async Task Tenants_SamePrompt_NeverShare()
    {
        await using var rig = await CachingRig.StartAsync();
        rig.Sidecar.Call = context => ScriptedSidecar.PlainAsync(context, CachingRig.Answer.Replace("Hi", context.Request.Headers["x-llmdapr-tenant"].ToString(), StringComparison.Ordinal));

        var keys = new[] { "Bearer one", "Bearer two", null };
        var answers = new List<CachedAnswer>();
        foreach (var key in keys.Concat(keys))
        {
            answers.Add(await rig.AskAsync(CachingRig.Plain, key is null ? [] : [("Authorization", key)]));
        }

        Assert.Equal(["miss", "miss", "miss", "hit", "hit", "hit"], answers.Select(answer => answer.Cache));
        Assert.Equal(3, answers.Select(answer => answer.Body).Distinct().Count());
        Assert.Equal(answers.Take(3).Select(answer => answer.Body), answers.Skip(3).Select(answer => answer.Body));
        Assert.Equal(3, rig.Sidecar.Calls.Count);
    }

    [Fact]
    public async Task Callers_Wishes_AreObeyed()
    {
        await using var rig = await CachingRig.StartAsync();

        Assert.Equal("miss", (await rig.AskAsync(headers: ("x-llmdapr-cache-ttl", "0"))).Cache);
        Assert.Equal("miss", (await rig.AskAsync()).Cache);
        Assert.Equal("hit", (await rig.AskAsync(headers: ("x-llmdapr-cache-ttl", "0"))).Cache);
        Assert.Equal("bypass", (await rig.AskAsync(headers: ("Cache-Control", "no-store"))).Cache);
        Assert.Equal("miss", (await rig.AskAsync(headers: ("Cache-Control", "no-cache"))).Cache);
        Assert.Equal("hit", (await rig.AskAsync(headers: ("Cache-Control", "max-age=60"))).Cache);
        Assert.Equal("miss", (await rig.AskAsync(headers: ("Cache-Control", "max-age=0"))).Cache);
        Assert.Equal(5, rig.Sidecar.Calls.Count);

        using var response = await rig.Edge.ChatAsync(CachingRig.Plain, ("Cache-Control", "max-age=soon"));
        Assert.Equal((400, "cache-control"), await EdgeHost.ErrorAsync(response) is var error ? (error.Status, error.Param) : default);
        using var other = await rig.Edge.ChatAsync(CachingRig.Plain, ("x-llmdapr-cache-ttl", "-1"));
        Assert.Equal((400, "x-llmdapr-cache-ttl"), await EdgeHost.ErrorAsync(other) is var second ? (second.Status, second.Param) : default);
    }

    [Fact]
    public async Task Model_WithAPolicyOfItsOwn_IsCachedByIt()
    {
        await using var rig = await CachingRig.StartAsync(models: new ModelTable([new("all", 7, "us", "p/all", null, new(CacheMode.All, 60, null)), new("off", 8, "us", "p/off", null, new(CacheMode.Off, null, null))], [], null));
        var body = EdgeHost.Chat.Replace("\"m\"", "\"all\"", StringComparison.Ordinal);

        Assert.Equal("miss", (await rig.AskAsync(body)).Cache);
        Assert.Equal("hit", (await rig.AskAsync(body)).Cache);
        Assert.Equal("bypass", (await rig.AskAsync(CachingRig.Plain.Replace("\"m\"", "\"off\"", StringComparison.Ordinal))).Cache);
    }

    // Past its ttl it is served at once, and one new answer is fetched behind all who got it.
    [Fact]
    public async Task Stale_IsServedWhileANewOneIsFetched()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var rig = await CachingRig.StartAsync(["--Cache:Ttl=00:01:00", "--Cache:StaleWhileRevalidate=00:01:00", "--Cache:MaxTtl=01:00:00"], time);
        await rig.AskAsync();
        var goOn = new TaskCompletionSource();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await ScriptedSidecar.PlainAsync(context, CachingRig.Answer.Replace("Hi", "New", StringComparison.Ordinal));
        };

        time.Advance(TimeSpan.FromSeconds(90));
        for (var i = 0; i < 3; i++)
        {
            var stale = await rig.AskAsync();
            Assert.Equal(("hit", "90", CachingRig.Answer), (stale.Cache, stale.Age, stale.Body));
        }

        await Soon.UntilAsync(() => rig.Sidecar.Calls.Count == 2);
        Assert.Equal("async", rig.Sidecar.Calls.Last().Headers["x-llmdapr-priority"]);
        goOn.SetResult();
        await rig.Edge.IdleAsync();
        var fresh = await rig.AskAsync();
        Assert.Equal(("hit", "0"), (fresh.Cache, fresh.Age));
        Assert.Contains("New", fresh.Body, StringComparison.Ordinal);
        Assert.Equal(2, rig.Sidecar.Calls.Count);
    }

    // Where memory has nothing to give, the state store has: nobody waits for the new answer.
    [Fact]
    public async Task Stale_FromTheStore_IsServedWhileANewOneIsFetched()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var rig = await CachingRig.StartAsync(["--Cache:MemoryBytes=0", "--Cache:Ttl=00:01:00", "--Cache:StaleWhileRevalidate=00:01:00"], time);
        await rig.AskAsync();
        await Soon.UntilAsync(() => rig.State.Keys.Count == 1);
        var goOn = new TaskCompletionSource();
        rig.Sidecar.Call = async context =>
        {
            await goOn.Task;
            await CachingRig.AnswerAsync(context);
        };

        time.Advance(TimeSpan.FromSeconds(90));
        Assert.Equal("hit", (await rig.AskAsync()).Cache);
        await Soon.UntilAsync(() => rig.Sidecar.Calls.Count == 2);
        Assert.Equal("hit", (await rig.AskAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancelled)).Cache);
        goOn.SetResult();
        await rig.Edge.IdleAsync();
        Assert.Equal(2, rig.Sidecar.Calls.Count);
    }

    // One who has read it long after another fetched the new one would have it fetched again.
    [Fact]
    public async Task Stale_ReadSlowly_IsFetchedAnewAtOnce()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var rig = await CachingRig.StartAsync(["--Cache:Ttl=00:01:00", "--Cache:StaleWhileRevalidate=00:01:00"], time);
        await rig.AskAsync();
        time.Advance(TimeSpan.FromSeconds(90));
        using var leaving = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = leaving.Token };
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(CachingRig.Plain));
        context.Response.Body = new System.IO.Pipelines.Pipe(new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1)).Writer.AsStream();
        var slow = rig.Edge.Services.GetRequiredService<CompletionHandler>().HandleAsync(context, RequestKind.ChatCompletion);

        await Soon.UntilAsync(() => rig.Sidecar.Calls.Count == 2);
        Assert.False(slow.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        await rig.Edge.IdleAsync();
    }

    [Fact]
    public async Task Stale_ForACallerWhoseAnswersAreNotKept_IsNotFetchedAnew()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var rig = await CachingRig.StartAsync(["--Cache:Ttl=00:01:00", "--Cache:StaleWhileRevalidate=00:01:00"], time);
        await rig.AskAsync();
        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal("hit", (await rig.AskAsync(headers: ("x-llmdapr-cache-ttl", "0"))).Cache);
        await rig.Edge.IdleAsync();
        Assert.Single(rig.Sidecar.Calls);
    }

    [Fact]
    public async Task Stale_CannotBeFetchedAnew_IsStillServed()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var rig = await CachingRig.StartAsync(["--Cache:Ttl=00:01:00", "--Cache:StaleWhileRevalidate=00:01:00"], time);
        await rig.AskAsync();
        rig.Sidecar.Call = context => ScriptedSidecar.PlainAsync(context, """{"error":{}}""", 500);
        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal("hit", (await rig.AskAsync()).Cache);
        await Soon.UntilAsync(() => rig.Edge.Logs.GetSnapshot().Any(log => log.Id.Name == "NotRefreshed"));
        Assert.Equal(("hit", CachingRig.Answer), await rig.AskAsync() is var answer ? (answer.Cache, answer.Body) : default);
        await rig.Edge.IdleAsync();
    }

    [Fact]
    public async Task Store_HasIt_OneReadServes()
    {
        await using var rig = await CachingRig.StartAsync(["--Cache:MemoryBytes=0"]);
        await rig.AskAsync(CachingRig.Stream);
        await Soon.UntilAsync(() => rig.Dapr.Saves == 1);
        var before = rig.Dapr.Gets;

        Assert.Equal("hit", (await rig.AskAsync()).Cache);
        Assert.Equal("hit", (await rig.AskAsync(CachingRig.Stream)).Cache);

        Assert.Equal(2, rig.Dapr.Gets - before);
        Assert.Single(rig.Sidecar.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_DownOrSlow_NoRequestFailsAndHitsComeBack(bool slow)
    {
        await using var rig = await CachingRig.StartAsync(["--Cache:MemoryBytes=0", "--Cache:StoreTimeout=00:00:00.05"]);
        if (slow)
        {
            rig.Dapr.Hang();
        }
        else
        {
            rig.Dapr.Break();
        }

        for (var i = 0; i < 10; i++)
        {
            var answer = await rig.AskAsync(i % 2 == 0 ? CachingRig.Plain : CachingRig.Stream);
            Assert.Equal((200, "miss"), (answer.Status, answer.Cache));
        }

        rig.Dapr.Heal();
        CachedAnswer? last = null;
        for (var i = 0; last?.Cache != "hit"; i++)
        {
            Assert.True(i < 2000, "No hit comes back.");
            last = await rig.AskAsync();
            await Task.Delay(10, Cancelled);
        }

        Assert.Equal("application/json", last.ContentType);
        Assert.InRange(int.Parse(last.Age!, CultureInfo.InvariantCulture), 0, 60);
    }
}
