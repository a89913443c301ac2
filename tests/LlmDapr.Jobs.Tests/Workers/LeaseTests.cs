using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Jobs.Tests.Workers;

public sealed class LeaseTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    private readonly FakeTimeProvider _time = new();
    private readonly FakeStore _store;

    public LeaseTests() => _store = new FakeStore(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeadWorkersJobs_AreQueuedAgainAfterTheLeaseAndNotBefore()
    {
        using var dead = await FakeProcess.StartAsync(_store, _time);
        using var living = await FakeProcess.StartAsync(_store, _time);
        var job = await ClaimedAsync(dead);
        await living.Life.WatchOnceAsync(Cancellation);
        _store.ClearEvents();

        _time.Advance(Lease - TimeSpan.FromSeconds(1));
        await living.Life.WatchOnceAsync(Cancellation);
        Assert.Empty(_store.Events);
        _time.Advance(TimeSpan.FromSeconds(2));
        await living.Life.WatchOnceAsync(Cancellation);

        Assert.Equal(job.Job.Id, Assert.Single(_store.Events).Id);
        var again = Assert.IsType<Claim.Taken>(await living.Worker.ClaimAsync(job.Job.Id, Cancellation)).Job.Job;
        Assert.Equal((2, 1), (again.Attempts, again.Losses));
    }

    [Fact]
    public async Task ListOfWorkers_ThatCannotBeRead_IsAnOutageThatNamesItsKey()
    {
        using var process = await FakeProcess.StartAsync(_store, _time);
        _store.Remove("job-workers");
        Assert.True(_store.Write("job-workers", "no json"u8.ToArray(), string.Empty, null, new Dictionary<string, string> { ["ttlInSeconds"] = "-1" }));

        var outage = await Assert.ThrowsAsync<JobsUnavailableException>(() => process.Get<WorkerRegistry>().ListAsync(Cancellation));

        Assert.Contains("job-workers", outage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LivingWorkersJobs_AreLeftAlone()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        var job = await ClaimedAsync(one);
        _store.ClearEvents();
        for (var i = 0; i < 20; i++)
        {
            await one.Life.BeatOnceAsync(Cancellation);
            await other.Life.BeatOnceAsync(Cancellation);
            await other.Life.WatchOnceAsync(Cancellation);
            _time.Advance(Lease / 3);
        }

        Assert.Empty(_store.Events);
        Assert.False(job.Lost.IsCancellationRequested);
        Assert.True(await FinishAsync(one, job));
    }

    [Fact]
    public async Task Worker_WhoseStoreWasAway_GetsTheWholeLeaseOnceMore()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        await ClaimedAsync(one);
        await other.Life.WatchOnceAsync(Cancellation);
        _store.ClearEvents();

        other.Dapr.Fault = _ => FakeFault.Down;
        _time.Advance(Lease * 2);
        await Assert.ThrowsAsync<JobsUnavailableException>(() => other.Life.WatchOnceAsync(Cancellation));
        other.Dapr.Fault = _ => FakeFault.None;
        await other.Life.WatchOnceAsync(Cancellation);
        await one.Life.BeatOnceAsync(Cancellation);
        _time.Advance(Lease / 2);
        await other.Life.WatchOnceAsync(Cancellation);

        Assert.Empty(_store.Events);
    }

    [Fact]
    public async Task Worker_ThatWasTakenForDead_ChangesNothingAnyMoreAndRegistersAnew()
    {
        using var slow = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        var job = await ClaimedAsync(slow);
        await TakeOverAsync(other);
        var taken = Assert.IsType<Claim.Taken>(await other.Worker.ClaimAsync(job.Job.Id, Cancellation)).Job;

        Assert.False(await FinishAsync(slow, job));
        await Assert.ThrowsAsync<JobsUnavailableException>(() => slow.Life.BeatOnceAsync(Cancellation));
        Assert.True(job.Lost.IsCancellationRequested);
        Assert.False(slow.Worker.IsReady);
        await slow.Life.BeatOnceAsync(Cancellation);

        Assert.True(slow.Worker.IsReady);
        Assert.True(await FinishAsync(other, taken));
        Assert.Equal(2, (await slow.Store.GetAsync("t", job.Job.Id, Cancellation))!.Outcome!.Attempt);
    }

    [Fact]
    public async Task Claim_OfAWorkerThatIsTakenForDeadMeanwhile_IsNotAcknowledgedAndGivenBack()
    {
        using var slow = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        var id = await SubmittedAsync(slow);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        slow.Dapr.Before = async operation =>
        {
            if (operation == new FakeOperation("try-save", $"job-{id}") && reached.TrySetResult())
            {
                await go.Task;
            }
        };

        // Its document says that it is about to claim; the others give it up before it does.
        var claiming = slow.Worker.ClaimAsync(id, Cancellation);
        await reached.Task;
        await TakeOverAsync(other);
        _store.ClearEvents();
        go.SetResult();

        await Assert.ThrowsAsync<JobsUnavailableException>(() => claiming);
        Assert.Equal(JobStatus.Queued, (await other.Store.GetAsync("t", id, Cancellation))!.Status);
        Assert.Equal(id, Assert.Single(_store.Events).Id);
    }

    [Fact]
    public async Task Claim_OfAJobWhoseWorkerHadBeenGivenUpBefore_TakesIt()
    {
        using var slow = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        var id = await SubmittedAsync(slow);
        var (reached, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var never = new TaskCompletionSource();
        slow.Dapr.Before = async operation =>
        {
            if (operation == new FakeOperation("try-save", $"job-{id}") && reached.TrySetResult())
            {
                await go.Task;
            }
        };
        slow.Dapr.After = operation => operation == new FakeOperation("try-save", $"job-{id}") ? never.Task : Task.CompletedTask;

        // It claims the job after that, and dies at once: nobody watches over it.
        var claiming = slow.Worker.ClaimAsync(id, Cancellation);
        await reached.Task;
        await TakeOverAsync(other);
        go.SetResult();
        while ((await other.Store.GetAsync("t", id, Cancellation))!.Status != JobStatus.Running)
        {
            await Task.Yield();
        }

        Assert.False(claiming.IsCompleted);
        Assert.IsType<Claim.Taken>(await other.Worker.ClaimAsync(id, Cancellation));
    }

    [Fact]
    public async Task Claim_AfterOneOfWhichItWasNotKnown_IsNotGivenBack()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var id = await SubmittedAsync(one);
        var isAway = false;
        one.Dapr.Fault = operation => operation.Key == $"job-{id}" && (isAway |= operation.What == "try-save") ? FakeFault.Down : FakeFault.None;
        await Assert.ThrowsAsync<JobsUnavailableException>(() => one.Worker.ClaimAsync(id, Cancellation));
        one.Dapr.Fault = _ => FakeFault.None;

        // The message has come again before the store is asked once more what became of the first claim.
        Assert.IsType<Claim.Taken>(await one.Worker.ClaimAsync(id, Cancellation));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(JobStatus.Running, (await one.Store.GetAsync("t", id, Cancellation))!.Status);
    }

    [Fact]
    public async Task Job_ThatKillsItsWorkers_IsGivenUp()
    {
        string? id = null;
        for (var i = 0; i < 3; i++)
        {
            using var victim = await FakeProcess.StartAsync(_store, _time, options => options.MaxLosses = 2);
            id ??= await SubmittedAsync(victim);
            Assert.IsType<Claim.Taken>(await victim.Worker.ClaimAsync(id, Cancellation));
            using var other = await FakeProcess.StartAsync(_store, _time, options => options.MaxLosses = 2);
            await TakeOverAsync(other);
            await other.Worker.LeaveAsync(Cancellation);
        }

        using var edge = new FakeProcess(_store, _time);
        var job = (await edge.Store.GetAsync("t", id!, Cancellation))!;
        Assert.Equal((JobStatus.Failed, 3, 500), (job.Status, job.Losses, job.Outcome!.Status));
        Assert.Contains("worker_lost", System.Text.Encoding.UTF8.GetString((await edge.Store.GetResultAsync(job, Cancellation))!.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResultEvent_OfAWorkerThatDiedBeforeSendingIt_IsSentByAnother()
    {
        using var dead = await FakeProcess.StartAsync(_store, _time);
        using var living = await FakeProcess.StartAsync(_store, _time);
        var job = Assert.IsType<Claim.Taken>(await dead.Worker.ClaimNewAsync(Event(), Cancellation)).Job;
        var never = new TaskCompletionSource();
        dead.Dapr.Before = operation => operation.What == "publish" ? never.Task : Task.CompletedTask;
        var finishing = FinishAsync(dead, job);
        Assert.False(finishing.IsCompleted);

        await TakeOverAsync(living);

        var sent = Assert.Single(_store.Events);
        Assert.Equal((Topics.Results, job.Job.Id), (sent.Topic, sent.Id));
        Assert.False((await living.Store.GetAsync("event:s", job.Job.Id, Cancellation))!.IsReplyDue);
    }

    [Fact]
    public async Task ResultEvent_OfATextInAnotherScript_IsNoLargerThanTheResult()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var job = Assert.IsType<Claim.Taken>(await one.Worker.ClaimNewAsync(Event(), Cancellation)).Job;
        var result = System.Text.Encoding.UTF8.GetBytes($$"""{"a":"{{new string('語', 10_000)}}"}""");

        await one.Worker.FinishAsync(job, new JobResult(200, "application/json", result), "p/m", Cancellation);

        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(Assert.Single(_store.Events).Data), result.Length, result.Length + 1024);
    }

    [Fact]
    public async Task ResultEvent_OfAJobThatWasCancelledBeforeItRan_IsSentByWhoeverGetsItsMessage()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var job = Assert.IsType<Claim.Taken>(await one.Worker.ClaimNewAsync(Event(), Cancellation)).Job;
        await one.Worker.HandBackAsync(job, Cancellation);
        await one.Store.CancelAsync("event:s", job.Job.Id, Cancellation);

        Assert.IsType<Claim.NotNeeded>(await one.Worker.ClaimAsync(job.Job.Id, Cancellation));

        Assert.Equal("cancelled", System.Text.Json.JsonDocument.Parse(_store.Events.Single(sent => sent.Topic == Topics.Results).Data).RootElement.GetProperty("status").GetString());
    }

    [Fact]
    public async Task FindLost_TellsOfCancelledJobsAlone()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var (kept, cancelled) = (await ClaimedAsync(one), await ClaimedAsync(one));
        await one.Store.CancelAsync("t", cancelled.Job.Id, Cancellation);

        Assert.Equal([cancelled], await one.Worker.FindLostAsync([kept, cancelled], Cancellation));
    }

    [Fact]
    public async Task ManyClaimsAtOnce_AreFewWritings()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var jobs = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            jobs.Add(await SubmittedAsync(one));
        }

        var writings = 0;
        one.Dapr.Before = async operation =>
        {
            writings += operation.What == "try-save" && operation.Key.StartsWith("job-worker-", StringComparison.Ordinal) ? 1 : 0;
            await Task.Yield();
        };
        await Task.WhenAll(jobs.Select(id => one.Worker.ClaimAsync(id, Cancellation)));

        Assert.InRange(writings, 1, 25);
    }

    [Fact]
    public async Task ManyDeliveriesOfOneJobAtOnce_AreOneClaim()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        var id = await SubmittedAsync(one);
        one.Dapr.Before = async _ => await Task.Yield();

        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => one.Worker.ClaimAsync(id, Cancellation)));
        var events = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => one.Worker.ClaimNewAsync(Event(), Cancellation)));

        Assert.Single(claims.OfType<Claim.Taken>());
        Assert.Single(events.OfType<Claim.Taken>());
        Assert.Contains(id, _store.TextOf($"job-worker-{one.Life.Document!.Name}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_WithoutJobs_TakesTheWorkerOffTheList()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);

        await one.Worker.LeaveAsync(Cancellation);

        Assert.Equal([other.Life.Document!.Name], await other.Get<WorkerRegistry>().ListAsync(Cancellation));
        await Assert.ThrowsAsync<JobsUnavailableException>(() => one.Worker.ClaimNewAsync(Event(), Cancellation));
    }

    [Fact]
    public async Task Leave_WithAJobWhoseHandBackCouldNotBePublished_LeavesItToTheOthers()
    {
        using var one = await FakeProcess.StartAsync(_store, _time);
        using var other = await FakeProcess.StartAsync(_store, _time);
        var job = await ClaimedAsync(one);
        one.Dapr.Fault = operation => operation.What == "publish" ? FakeFault.Down : FakeFault.None;
        using var lastMoment = new CancellationTokenSource();
        var givingBack = one.Worker.HandBackAsync(job, lastMoment.Token);
        await lastMoment.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givingBack);
        await one.Worker.LeaveAsync(Cancellation);
        _store.ClearEvents();

        await TakeOverAsync(other);

        Assert.Equal(job.Job.Id, Assert.Single(_store.Events).Id);
    }

    private static EventJob Event() => new(new JobRequest("event:s", RequestKind.ChatCompletion, "m", "{}"u8.ToArray()) { Origin = JobOrigin.Event }, "s", "1", Topics.Results);

    private static Task<bool> FinishAsync(FakeProcess process, ClaimedJob job) =>
        process.Worker.FinishAsync(job, new JobResult(200, "application/json", "{}"u8.ToArray()), "p/m", Cancellation);

    private static async Task<string> SubmittedAsync(FakeProcess process) =>
        Assert.IsType<Submission.Created>(await process.Store.SubmitAsync(new JobRequest("t", RequestKind.ChatCompletion, "m", "{}"u8.ToArray()), Cancellation)).Job.Id;

    private static async Task<ClaimedJob> ClaimedAsync(FakeProcess process) =>
        Assert.IsType<Claim.Taken>(await process.Worker.ClaimAsync(await SubmittedAsync(process), Cancellation)).Job;

    private async Task TakeOverAsync(FakeProcess by)
    {
        await by.Life.BeatOnceAsync(Cancellation);
        await by.Life.WatchOnceAsync(Cancellation);
        _time.Advance(Lease);
        await by.Life.BeatOnceAsync(Cancellation);
        await by.Life.WatchOnceAsync(Cancellation);
    }
}
