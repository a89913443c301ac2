using System.Net;
using LlmDapr.Generation.Jobs;
using LlmDapr.Generation.Tests.Hosting;
using LlmDapr.Jobs.Records;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Generation.Tests.Jobs;

public sealed class JobRunTests
{
    private const string Fixed = "--Scheduling:Limiter=fixed";

    [Fact]
    public async Task Job_WhenDelivered_IsRunOnceAndItsResultIsTheProvidersBytes()
    {
        await using var host = await JobsHost.StartAsync();
        var job = await host.SubmitAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(job));

        var ended = await host.EndAsync(job.Id);
        Assert.Equal((JobStatus.Succeeded, 1, 200, "p/m"), (ended.Status, ended.Attempts, ended.Outcome!.Status, ended.Outcome.Target));
        Assert.Equal("""{"id":"a"}""", await host.ResultAsync(ended));
        Assert.Equal(JobsHost.Chat(), Assert.Single(host.Provider.Requests).Text);
        Assert.NotNull(ended.StartedAt);
    }

    [Fact]
    public async Task Job_WhoseRequestAndResultAreLarge_HasBothUnderKeysOfTheirOwn()
    {
        await using var host = await JobsHost.StartAsync();
        var answer = $$"""{"id":"{{new string('x', 20_000)}}"}""";
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, answer);
        var body = JobsHost.Chat(new string('y', 20_000));
        var job = await host.SubmitAsync(body);

        await host.DeliverAsync(job);

        var ended = await host.EndAsync(job.Id);
        Assert.Equal(answer, await host.ResultAsync(ended));
        Assert.Equal(body, Assert.Single(host.Provider.Requests).Text);
        Assert.Null(ended.Outcome!.Body);
        await Soon.UntilAsync(() => !host.Store.Keys.Any(key => key.StartsWith("job-request-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Delivery_OfAJobThatRunsOrHasEnded_IsAcknowledgedWithoutACall()
    {
        await using var host = await JobsHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            await release.Task;
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var job = await host.SubmitAsync();
        await host.DeliverAsync(job);
        await host.Provider.ArrivedAsync();

        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(job));
        release.SetResult();
        await host.EndAsync(job.Id);
        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(job));

        Assert.Single(host.Provider.Requests);
    }

    [Fact]
    public async Task Delivery_WithoutCapacity_IsRefusedAfterTheHoldAndTakenLater()
    {
        await using var host = await JobsHost.StartAsync(Fixed, "--Scheduling:StartLimit=1");
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            await release.Task;
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var jobs = new List<JobRecord>();
        for (var i = 0; i < 4; i++)
        {
            jobs.Add(await host.SubmitAsync());
        }

        // One is called, and two wait in the scheduler, so that a place never stays empty.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(jobs[i]));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await host.DeliverAsync(jobs[3]));
        Assert.Equal(JobStatus.Queued, (await host.GetAsync(jobs[3].Id)).Status);
        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(await host.SubmitAsync(model: "renamed")));

        release.SetResult();
        await host.EndAsync(jobs[0].Id);
        Assert.Equal(HttpStatusCode.OK, await host.DeliverAsync(jobs[3]));
        foreach (var job in jobs)
        {
            Assert.Equal(JobStatus.Succeeded, (await host.EndAsync(job.Id)).Status);
        }

        await Soon.UntilAsync(() => host.Host.Services.GetRequiredService<JobSlots>().Held == 0);
    }

    [Fact]
    public async Task Delivery_ThatIsHeld_IsTakenAsSoonAsThereIsRoom()
    {
        await using var host = await JobsHost.StartAsync(Fixed, "--Scheduling:StartLimit=1", "--Jobs:Hold=00:01:00");
        var release = new SemaphoreSlim(0);
        host.Provider.Script = async context =>
        {
            await release.WaitAsync(context.RequestAborted);
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var jobs = new List<JobRecord>();
        var deliveries = new List<Task<HttpStatusCode>>();
        for (var i = 0; i < 6; i++)
        {
            jobs.Add(await host.SubmitAsync());
            deliveries.Add(host.DeliverAsync(jobs[i]));
        }

        release.Release(6);

        Assert.All(await Task.WhenAll(deliveries), status => Assert.Equal(HttpStatusCode.OK, status));
        foreach (var job in jobs)
        {
            Assert.Equal(JobStatus.Succeeded, (await host.EndAsync(job.Id)).Status);
        }
    }

    [Fact]
    public async Task RunningJob_WhenCancelled_EndsItsCall()
    {
        await using var host = await JobsHost.StartAsync();
        host.Provider.Script = ScriptedProvider.NeverEndAsync;
        var job = await host.SubmitAsync();
        await host.DeliverAsync(job);
        await host.Provider.ArrivedAsync();

        var cancelled = await host.Jobs.CancelAsync(JobsHost.Tenant, job.Id, TestContext.Current.CancellationToken);

        Assert.Equal(JobStatus.Cancelled, cancelled!.Status);
        await host.Provider.CallerLeft;
        await Soon.UntilAsync(() => host.Host.Services.GetRequiredService<JobRunner>().Count == 0);
        Assert.Equal(JobStatus.Cancelled, (await host.GetAsync(job.Id)).Status);
        Assert.Null(await host.Jobs.GetResultAsync(cancelled, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Job_WhoseProviderFailsOnce_IsRunAgain()
    {
        await using var host = await JobsHost.StartAsync();
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"error":{"message":"broken"}}""", host.Provider.Requests.Count == 1 ? 500 : 200);
        var job = await host.SubmitAsync();

        await host.DeliverAsync(job);

        var ended = await host.EndAsync(job.Id);
        Assert.Equal((JobStatus.Succeeded, 2, 1), (ended.Status, ended.Attempts, ended.Failures));
        Assert.Equal(2, host.Provider.Requests.Count);
    }

    [Fact]
    public async Task Job_WhoseProviderFailsEachTime_FailsWithTheLastErrorAfterItsAttempts()
    {
        await using var host = await JobsHost.StartAsync("--Jobs:MaxAttempts=2");
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, $$$"""{"error":{"message":"broken {{{host.Provider.Requests.Count}}}"}}""", 500);
        var job = await host.SubmitAsync();

        await host.DeliverAsync(job);

        var ended = await host.EndAsync(job.Id);
        Assert.Equal((JobStatus.Failed, 500), (ended.Status, ended.Outcome!.Status));
        Assert.Contains("broken 2", await host.ResultAsync(ended), StringComparison.Ordinal);
        Assert.Equal(2, host.Provider.Requests.Count);
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true}""", "m", 400, "stream")]
    [InlineData("""{"model":"nobody","messages":[{"role":"user","content":"x"}]}""", "nobody", 404, "nobody")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "", 400, "model")]
    public async Task Job_ThatCannotBeRun_FailsWithoutACall(string body, string model, int status, string named)
    {
        await using var host = await JobsHost.StartAsync();
        var job = await host.SubmitAsync(body, model);

        await host.DeliverAsync(job);

        var ended = await host.EndAsync(job.Id);
        Assert.Equal((JobStatus.Failed, status), (ended.Status, ended.Outcome!.Status));
        Assert.Contains(named, await host.ResultAsync(ended), StringComparison.Ordinal);
        Assert.Empty(host.Provider.Requests);
    }

    [Fact]
    public async Task Job_ThatIsRefusedBeforeAnybodyWasAsked_WaitsAndLosesNoAttempt()
    {
        await using var host = await JobsHost.StartAsync(Fixed, "--Scheduling:StartLimit=1", "--Scheduling:MaxQueue=1", "--Jobs:MaxAttempts=1");
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            await release.Task;
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var jobs = new List<JobRecord>();
        for (var i = 0; i < 3; i++)
        {
            jobs.Add(await host.SubmitAsync());
            await host.DeliverAsync(jobs[i]);
        }

        await Soon.UntilAsync(() => host.Host.Logs.GetSnapshot().Any(log => log.Id.Name == "JobRunsAgain"));
        release.SetResult();

        foreach (var job in jobs)
        {
            var ended = await host.EndAsync(job.Id);
            Assert.Equal((JobStatus.Succeeded, 0), (ended.Status, ended.Failures));
        }
    }

    [Fact]
    public async Task Stop_GivesBackWhatDoesNotEndInTime()
    {
        await using var host = await JobsHost.StartAsync("--Jobs:StopTimeout=00:00:00.2");
        host.Provider.Script = ScriptedProvider.NeverEndAsync;
        var job = await host.SubmitAsync();
        await host.DeliverAsync(job);
        await host.Provider.ArrivedAsync();
        host.Store.ClearEvents();

        await host.Host.StopAsync();

        var record = JobCodec.Read(System.Text.Encoding.UTF8.GetBytes(host.Store.TextOf($"job-{job.Id}")!))!;
        Assert.Equal((JobStatus.Queued, (string?)null, 0), (record.Status, record.Worker, record.Losses));
        Assert.Equal(job.Id, Assert.Single(host.Store.Events).Id);
        Assert.Equal("""{"workers":[]}""", host.Store.TextOf("job-workers"));
    }

    [Fact]
    public async Task Stop_WaitsForWhatEndsInTime()
    {
        await using var host = await JobsHost.StartAsync();
        var release = new TaskCompletionSource();
        host.Provider.Script = async context =>
        {
            await release.Task;
            await ScriptedProvider.AnswerAsync(context, "{}");
        };
        var job = await host.SubmitAsync();
        await host.DeliverAsync(job);
        await host.Provider.ArrivedAsync();

        var stopping = host.Host.StopAsync();
        release.SetResult();
        await stopping;

        Assert.Contains("\"status\":\"succeeded\"", host.Store.TextOf($"job-{job.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_NeverHaveAPrompt()
    {
        await using var host = await JobsHost.StartAsync("--Jobs:MaxAttempts=2", "--Logging:LogLevel:Default=Trace");
        host.Provider.Script = context => ScriptedProvider.AnswerAsync(context, """{"error":{"message":"broken"}}""", 500);
        var job = await host.SubmitAsync(JobsHost.Chat("a-secret-prompt"));
        await host.DeliverAsync(job);
        await host.DeliverEventAsync($$"""{"body":{{JobsHost.Chat("a-secret-prompt")}}}""", id: null);
        await host.DeliverEventAsync("""{"body":"a-secret-prompt"}""");
        await host.EndAsync(job.Id);

        Assert.DoesNotContain(host.Host.Logs.GetSnapshot(), log => log.Message.Contains("a-secret-prompt", StringComparison.Ordinal) || (log.Exception?.ToString().Contains("a-secret-prompt", StringComparison.Ordinal) ?? false));
    }
}
