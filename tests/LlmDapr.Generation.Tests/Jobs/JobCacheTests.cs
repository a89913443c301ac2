using System.Net;
using LlmDapr.Contracts;
using LlmDapr.Generation.Jobs;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.PromptCache.Flights;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Generation.Tests.Jobs;

public sealed class JobCacheTests
{
    private const string Fixed = "--Scheduling:Limiter=fixed";
    private const string Repeatable = """{"model":"m","messages":[{"role":"user","content":"hello"}],"temperature":0}""";
    private const string Answer = """{"id":"a","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}""";

    [Fact]
    public async Task Job_ThatWasAnsweredBefore_IsAHitWithoutACallOrAPlace()
    {
        await using var host = await StartAsync(Fixed, "--Scheduling:StartLimit=1");
        var first = await RunAsync(host, Repeatable);
        host.Provider.Script = ScriptedProvider.NeverEndAsync;
        await host.DeliverAsync(await host.SubmitAsync());
        await Soon.UntilAsync(() => host.Provider.Requests.Count == 2);

        // The only place is taken, and will not be free.
        var second = await RunAsync(host, """{"temperature":0.0,"messages":[{"content":"hello","role":"user"}],"model":"m","user":"another"}""");

        Assert.Equal((CacheStatus.Miss, CacheStatus.Hit), (first.Outcome!.Cache, second.Outcome!.Cache));
        Assert.Equal((JobStatus.Succeeded, 1, 200, "p/m", "application/json"), (second.Status, second.Attempts, second.Outcome.Status, second.Outcome.Target, second.Outcome.ContentType));
        Assert.Equal(Answer, await host.ResultAsync(second));
        Assert.Equal(2, host.Provider.Requests.Count);
    }

    [Fact]
    public async Task Job_OfAnotherTenant_IsCalledForItself()
    {
        await using var host = await StartAsync();
        await RunAsync(host, Repeatable);

        var job = await host.SubmitAsync(Repeatable, tenant: "other");
        await host.DeliverAsync(job);

        Assert.Equal(CacheStatus.Miss, (await host.EndAsync(job.Id, "other")).Outcome!.Cache);
        Assert.Equal(2, host.Provider.Requests.Count);
    }

    [Theory]
    [InlineData(null, null, CacheStatus.Hit)]
    [InlineData("no-store", null, CacheStatus.Bypass)]
    [InlineData("no-cache", null, CacheStatus.Miss)]
    [InlineData("max-age=1000", null, CacheStatus.Hit)]
    [InlineData(null, "0", CacheStatus.Hit)]
    public async Task Job_WithAWish_IsServedByIt(string? cacheControl, string? cacheTtl, string expected)
    {
        await using var host = await StartAsync();
        await RunAsync(host, Repeatable);

        var job = await host.SubmitAsync(Repeatable, cacheControl: cacheControl, cacheTtl: cacheTtl);
        await host.DeliverAsync(job);

        Assert.Equal(expected, (await host.EndAsync(job.Id)).Outcome!.Cache);
        Assert.Equal(expected == CacheStatus.Hit ? 1 : 2, host.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"hello"}]}""", "--Cache:Mode=deterministic")]
    [InlineData(Repeatable, "--Models:0:Cache:Mode=off")]
    [InlineData(Repeatable, "--Cache:Tenants:t:Mode=off")]
    public async Task Job_ThatMayNotBeCached_IsCalledEachTime(string body, string setting)
    {
        await using var host = await StartAsync(setting);

        Assert.Equal(CacheStatus.Bypass, (await RunAsync(host, body)).Outcome!.Cache);
        Assert.Equal(CacheStatus.Bypass, (await RunAsync(host, body)).Outcome!.Cache);

        Assert.Equal(2, host.Provider.Requests.Count);
        Assert.DoesNotContain(host.Store.Keys, key => key.StartsWith("cache-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Event_ThatWasAnsweredBefore_IsAHitAndItsResultSaysSo()
    {
        await using var host = await StartAsync();
        await host.DeliverEventAsync($$"""{"body":{{Repeatable}}}""");
        await host.EndAsync(JobIds.OfEvent("event:shop", "shop", "1"), "event:shop");

        await host.DeliverEventAsync($$"""{"body":{{Repeatable}}}""", id: "2");

        await host.EndAsync(JobIds.OfEvent("event:shop", "shop", "2"), "event:shop");
        Assert.EndsWith("\"cache\":\"hit\"}", host.EventsOf(Topics.Results)[1].Data, StringComparison.Ordinal);
        Assert.Single(host.Provider.Requests);
    }

    [Fact]
    public async Task EqualJobs_AtOnce_ShareOneCallAndKeepNobodyElseOut()
    {
        await using var host = await StartAsync(Fixed, "--Scheduling:StartLimit=2");
        var release = Hold(host);
        var jobs = new List<JobRecord>();
        for (var i = 0; i < 10; i++)
        {
            jobs.Add(await host.SubmitAsync(Repeatable));
            Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(jobs[i]));
        }

        await Soon.UntilAsync(() => Flights(host).OnBoard == 10 && host.Provider.Requests.Count == 1);

        // The second place is for those who ask something else.
        var other = await host.SubmitAsync();
        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(other));
        await Soon.UntilAsync(() => host.Provider.Requests.Count == 2);
        release.SetResult();

        var ended = new List<JobRecord>();
        foreach (var job in jobs)
        {
            ended.Add(await host.EndAsync(job.Id));
            Assert.Equal(Answer, await host.ResultAsync(ended[^1]));
        }

        await host.EndAsync(other.Id);
        Assert.Equal([.. Enumerable.Repeat(CacheStatus.Coalesced, 9), CacheStatus.Miss], ended.Select(job => job.Outcome!.Cache).Order());
        Assert.All(ended, job => Assert.Equal((JobStatus.Succeeded, 1, "p/m"), (job.Status, job.Attempts, job.Outcome!.Target)));
        Assert.Equal(2, host.Provider.Requests.Count);
        await IdleAsync(host);
    }

    [Fact]
    public async Task Leader_WhenCancelled_LeavesTheCallToTheOthers()
    {
        await using var host = await StartAsync();
        var release = Hold(host);
        var leader = await host.SubmitAsync(Repeatable);
        await host.DeliverAsync(leader);
        await host.Provider.ArrivedAsync();
        var follower = await host.SubmitAsync(Repeatable);
        await host.DeliverAsync(follower);
        await Soon.UntilAsync(() => Flights(host).OnBoard == 2);

        await host.Jobs.CancelAsync(JobsHost.Tenant, leader.Id, TestContext.Current.CancellationToken);
        await Soon.UntilAsync(() => Flights(host).OnBoard == 1);
        release.SetResult();

        var ended = await host.EndAsync(follower.Id);
        Assert.Equal((JobStatus.Succeeded, CacheStatus.Coalesced, 1), (ended.Status, ended.Outcome!.Cache, ended.Attempts));
        Assert.Equal(JobStatus.Cancelled, (await host.GetAsync(leader.Id)).Status);
        Assert.Single(host.Provider.Requests);
        await IdleAsync(host);
    }

    [Fact]
    public async Task LastJobOnBoard_WhenCancelled_EndsTheCall()
    {
        await using var host = await StartAsync();
        host.Provider.Script = ScriptedProvider.NeverEndAsync;
        var (leader, follower) = (await host.SubmitAsync(Repeatable), await host.SubmitAsync(Repeatable));
        await host.DeliverAsync(leader);
        await host.DeliverAsync(follower);
        await Soon.UntilAsync(() => Flights(host).OnBoard == 2 && host.Provider.Requests.Count == 1);

        await host.Jobs.CancelAsync(JobsHost.Tenant, leader.Id, TestContext.Current.CancellationToken);
        await host.Jobs.CancelAsync(JobsHost.Tenant, follower.Id, TestContext.Current.CancellationToken);

        await host.Provider.CallerLeft;
        await IdleAsync(host);
    }

    [Fact]
    public async Task Failure_GoesToEachOnceAndEachMayTryAgain()
    {
        await using var host = await StartAsync();
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            var isFirst = host.Provider.Requests.Count == 1;
            await release.Task.WaitAsync(context.RequestAborted);
            await ScriptedProvider.AnswerAsync(context, isFirst ? """{"error":{"message":"broken"}}""" : Answer, isFirst ? 500 : 200);
        };
        var jobs = new List<JobRecord>();
        for (var i = 0; i < 3; i++)
        {
            jobs.Add(await host.SubmitAsync(Repeatable));
            await host.DeliverAsync(jobs[i]);
        }

        await Soon.UntilAsync(() => Flights(host).OnBoard == 3 && host.Provider.Requests.Count == 1);
        release.SetResult();

        foreach (var job in jobs)
        {
            var ended = await host.EndAsync(job.Id);
            Assert.Equal((JobStatus.Succeeded, 2, 1), (ended.Status, ended.Attempts, ended.Failures));
        }

        // Whoever tries again first pays for all.
        Assert.Equal(2, host.Provider.Requests.Count);
        await IdleAsync(host);
    }

    [Fact]
    public async Task Stop_GivesBackEachJobOnBoard()
    {
        await using var host = await StartAsync("--Jobs:StopTimeout=00:00:00.2");
        host.Provider.Script = ScriptedProvider.NeverEndAsync;
        var (leader, follower) = (await host.SubmitAsync(Repeatable), await host.SubmitAsync(Repeatable));
        await host.DeliverAsync(leader);
        await host.DeliverAsync(follower);
        await Soon.UntilAsync(() => Flights(host).OnBoard == 2);

        await host.Host.StopAsync();

        Assert.Contains("\"status\":\"queued\"", host.Store.TextOf($"job-{leader.Id}"), StringComparison.Ordinal);
        Assert.Contains("\"status\":\"queued\"", host.Store.TextOf($"job-{follower.Id}"), StringComparison.Ordinal);
        Assert.Equal("""{"workers":[]}""", host.Store.TextOf("job-workers"));
    }

    [Fact]
    public async Task Job_WhileTheCachesStateIsAway_IsCalled()
    {
        await using var host = await StartAsync("--Cache:MemoryBytes=0");
        host.Dapr.Fault = operation => operation.Key.StartsWith("cache-", StringComparison.Ordinal) ? FakeFault.Down : FakeFault.None;

        Assert.Equal(CacheStatus.Miss, (await RunAsync(host, Repeatable)).Outcome!.Cache);
        Assert.Equal(CacheStatus.Miss, (await RunAsync(host, Repeatable)).Outcome!.Cache);
    }

    [Fact]
    public async Task Job_ForWhichOnlyAStaleAnswerIsKept_WaitsForANewOne()
    {
        await using var host = await StartAsync("--Cache:Ttl=00:00:01", "--Cache:StaleWhileRevalidate=01:00:00");
        await RunAsync(host, Repeatable);

        for (var i = 0; (await RunAsync(host, Repeatable)).Outcome!.Cache == CacheStatus.Hit; i++)
        {
            Assert.True(i < 1000);
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, host.Provider.Requests.Count);
    }

    private static async Task<JobsHost> StartAsync(params string[] settings)
    {
        var host = await JobsHost.StartAsync(settings);
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, Answer);
        return host;
    }

    private static TaskCompletionSource Hold(JobsHost host)
    {
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            await release.Task.WaitAsync(context.RequestAborted);
            await ScriptedProvider.AnswerAsync(context, Answer);
        };
        return release;
    }

    private static async Task<JobRecord> RunAsync(JobsHost host, string body)
    {
        var job = await host.SubmitAsync(body);
        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(job));
        return await host.EndAsync(job.Id);
    }

    private static FlightTable Flights(JobsHost host) => host.Host.Services.GetRequiredService<FlightTable>();

    private static Task IdleAsync(JobsHost host) =>
        Soon.UntilAsync(() => host.Host.Services.GetRequiredService<JobRunner>().Count == 0 && host.Host.Services.GetRequiredService<JobSlots>().Held == 0 && Flights(host).Count == 0);
}
