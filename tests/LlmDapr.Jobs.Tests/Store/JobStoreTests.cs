using System.Text;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Jobs.Tests.Store;

public sealed class JobStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeStore _store;
    private readonly FakeProcess _edge;

    public JobStoreTests()
    {
        _store = new FakeStore(_time);
        _edge = new FakeProcess(_store, _time);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _edge.Dispose();
        Assert.Empty(_store.WithoutTtl);
    }

    [Fact]
    public async Task Submit_WritesTheRecordAndThenTheMessage()
    {
        var job = await CreatedAsync(Request());

        var seen = await _edge.Store.GetAsync("t", job.Id, Cancellation);
        Assert.Equal((JobStatus.Queued, "m", RequestKind.ChatCompletion, Priorities.Async), (seen!.Status, seen.Model, seen.Kind, seen.Priority));
        var sent = Assert.Single(_store.Events);
        Assert.Equal((Topics.Jobs, job.Id, $$"""{"id":"{{job.Id}}","model":"m","priority":"async"}"""), (sent.Topic, sent.Id, sent.Data));
    }

    [Fact]
    public async Task Submit_WithAKeyAndTheSameBody_IsTheSameJob()
    {
        var first = await CreatedAsync(Request(key: "k"));
        var second = await _edge.Store.SubmitAsync(Request(key: "k"), Cancellation);

        Assert.Equal(first.Id, Assert.IsType<Submission.Existing>(second).Job.Id);
    }

    [Theory]
    [InlineData("other body", "t", "k")]
    [InlineData("a body that is much longer than the short ones that lie in the record", "t", "k")]
    public async Task Submit_WithAKeyAndAnotherBody_IsAConflictAndChangesNothing(string body, string tenant, string key)
    {
        var longBody = string.Concat(Enumerable.Repeat(body, 200));
        var first = await CreatedAsync(Request(key: "k", body: new string('a', 9000)));

        Assert.Equal(first.Id, Assert.IsType<Submission.Conflict>(await _edge.Store.SubmitAsync(Request(tenant, body, key), Cancellation)).Id);
        var before = _store.Keys;
        Assert.IsType<Submission.Conflict>(await _edge.Store.SubmitAsync(Request(tenant, longBody, key), Cancellation));
        Assert.Equal(before, _store.Keys);

        using var worker = await FakeProcess.StartAsync(_store, _time);
        var claimed = Assert.IsType<Claim.Taken>(await worker.Worker.ClaimAsync(first.Id, Cancellation)).Job;
        Assert.Equal(new string('a', 9000), Encoding.UTF8.GetString((await worker.Worker.ReadRequestAsync(claimed, Cancellation))!.Value.Span));
    }

    [Fact]
    public async Task Submit_WithAnotherTenantsKey_IsAnotherJob()
    {
        var first = await CreatedAsync(Request(key: "k"));
        var other = await CreatedAsync(Request("u", key: "k"));

        Assert.NotEqual(first.Id, other.Id);
        Assert.Null(await _edge.Store.GetAsync("u", first.Id, Cancellation));
        Assert.Null(await _edge.Store.CancelAsync("u", first.Id, Cancellation));
        Assert.Equal(JobStatus.Queued, (await _edge.Store.GetAsync("t", first.Id, Cancellation))!.Status);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9000)]
    public async Task Submit_WhoseMessageIsNotTaken_IsNotAcceptedAndLeavesNothing(int length)
    {
        _edge.Dapr.Fault = operation => operation.What == "publish" ? FakeFault.Down : FakeFault.None;

        await Assert.ThrowsAsync<JobsUnavailableException>(() => _edge.Store.SubmitAsync(Request(body: new string('a', length)), Cancellation));

        Assert.Empty(_store.Keys);
    }

    [Fact]
    public async Task Submit_WithAKey_AfterItsMessageWasNotTaken_PublishesItNow()
    {
        _edge.Dapr.Fault = operation => operation.What == "publish" ? FakeFault.Down : FakeFault.None;
        await Assert.ThrowsAsync<JobsUnavailableException>(() => _edge.Store.SubmitAsync(Request(key: "k"), Cancellation));
        _edge.Dapr.Fault = _ => FakeFault.None;

        Assert.IsType<Submission.Existing>(await _edge.Store.SubmitAsync(Request(key: "k"), Cancellation));

        Assert.Single(_store.Events);
    }

    [Fact]
    public async Task Submit_WhoseAnswerFromTheStoreIsLost_IsAccepted()
    {
        _edge.Dapr.Fault = operation => operation.What == "try-save" ? FakeFault.AnswerLost : FakeFault.None;

        await CreatedAsync(Request());

        Assert.Single(_store.Events);
    }

    [Fact]
    public async Task Submit_WhileTheStoreIsDown_SaysSo()
    {
        _edge.Dapr.Fault = _ => FakeFault.Down;

        await Assert.ThrowsAsync<JobsUnavailableException>(() => _edge.Store.SubmitAsync(Request(), Cancellation));
    }

    [Fact]
    public async Task Submit_OfTooMuch_IsRefused()
    {
        using var edge = new FakeProcess(_store, _time, options => options.MaxRequestBytes = 1024);

        Assert.Equal(1024, Assert.IsType<Submission.TooLarge>(await edge.Store.SubmitAsync(Request(body: new string('x', 1025)), Cancellation)).Limit);
    }

    [Fact]
    public async Task Cancel_WhileARedisThatIsDownSaysMismatch_IsNoConflict()
    {
        var job = await CreatedAsync(Request());
        _edge.Dapr.Fault = operation => operation.What == "try-save" ? FakeFault.Down : FakeFault.None;

        await Assert.ThrowsAsync<JobsUnavailableException>(() => _edge.Store.CancelAsync("t", job.Id, Cancellation));
    }

    [Fact]
    public async Task Cancel_OfAQueuedJob_LeavesNothingToDo()
    {
        var job = await CreatedAsync(Request());

        Assert.Equal(JobStatus.Cancelled, (await _edge.Store.CancelAsync("t", job.Id, Cancellation))!.Status);

        using var worker = await FakeProcess.StartAsync(_store, _time);
        Assert.IsType<Claim.NotNeeded>(await worker.Worker.ClaimAsync(job.Id, Cancellation));
        Assert.Equal(JobStatus.Cancelled, (await _edge.Store.CancelAsync("t", job.Id, Cancellation))!.Status);
    }

    [Fact]
    public async Task Get_OfAJobThatWaitsLong_PublishesItAgainAtLongerAndLongerIntervals()
    {
        var job = await CreatedAsync(Request());
        var published = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            await _edge.Store.GetAsync("t", job.Id, Cancellation);
            published.Add(_store.Events.Count);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // After 30 s, 60 s more, 120 s more.
        Assert.Equal((1, 1, 2, 2, 3, 3, 4), (published[0], published[29], published[30], published[89], published[90], published[209], published[210]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("workers")]
    [InlineData("../job-workers")]
    [InlineData("ABCDEF00000000000000000000000000")]
    [InlineData("00000000000000000000000000000000")]
    public async Task Get_OfWhatIsNoJob_IsNull(string id)
    {
        Assert.Null(await _edge.Store.GetAsync("t", id, Cancellation));
        Assert.Null(await _edge.Store.CancelAsync("t", id, Cancellation));
    }

    [Fact]
    public async Task Wait_EndsWithTheJob()
    {
        using var worker = await FakeProcess.StartAsync(_store, _time);
        var job = await CreatedAsync(Request());
        var claimed = Assert.IsType<Claim.Taken>(await worker.Worker.ClaimAsync(job.Id, Cancellation)).Job;

        var waiting = _edge.Store.WaitAsync("t", job.Id, TimeSpan.FromSeconds(30), Cancellation);
        await worker.Worker.FinishAsync(claimed, new JobResult(200, "application/json", "{}"u8.ToArray()), "p/m", Cancellation);
        Assert.False(waiting.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(JobStatus.Succeeded, (await waiting)!.Status);
    }

    [Fact]
    public async Task Wait_EndsWithItsTime()
    {
        var job = await CreatedAsync(Request());

        var waiting = _edge.Store.WaitAsync("t", job.Id, TimeSpan.FromSeconds(2), Cancellation);
        while (!waiting.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(JobStatus.Queued, (await waiting)!.Status);
    }

    [Fact]
    public async Task Result_IsKeptForItsTime()
    {
        using var worker = await FakeProcess.StartAsync(_store, _time);
        var job = await CreatedAsync(Request());
        var claimed = Assert.IsType<Claim.Taken>(await worker.Worker.ClaimAsync(job.Id, Cancellation)).Job;
        var body = Encoding.UTF8.GetBytes(new string('r', 10_000));
        await worker.Worker.FinishAsync(claimed, new JobResult(200, "application/json", body), "p/m", Cancellation);

        _time.Advance(TimeSpan.FromHours(23.9));
        var kept = await _edge.Store.GetAsync("t", job.Id, Cancellation);
        Assert.Equal(body, (await _edge.Store.GetResultAsync(kept!, Cancellation))!.Body.ToArray());
        _time.Advance(TimeSpan.FromHours(0.2));

        Assert.Null(await _edge.Store.GetAsync("t", job.Id, Cancellation));
    }

    private static JobRequest Request(string tenant = "t", string body = "{}", string? key = null) =>
        new(tenant, RequestKind.ChatCompletion, "m", Encoding.UTF8.GetBytes(body)) { IdempotencyKey = key };

    private async Task<JobRecord> CreatedAsync(JobRequest request) =>
        Assert.IsType<Submission.Created>(await _edge.Store.SubmitAsync(request, Cancellation)).Job;
}
