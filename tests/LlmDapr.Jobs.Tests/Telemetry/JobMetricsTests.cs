using System.Diagnostics.Metrics;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;
using LlmDapr.Jobs.Tests.Fakes;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Jobs.Tests.Telemetry;

public sealed class JobMetricsTests
{
    [Fact]
    public async Task Depth_FollowsFromTheCounters()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        var store = new FakeStore(time);
        using var process = await FakeProcess.StartAsync(store, time);
        var meters = process.Get<IMeterFactory>();
        MetricCollector<long> Collect(string name) => new(meters, JobMetrics.MeterName, name);
        using var accepted = Collect(JobMetrics.AcceptedName);
        using var started = Collect(JobMetrics.StartedName);
        using var finished = Collect(JobMetrics.FinishedName);
        using var again = Collect(JobMetrics.QueuedAgainName);
        using var wait = new MetricCollector<double>(meters, JobMetrics.MeterName, JobMetrics.WaitName);

        var jobs = new List<JobRecord>();
        for (var i = 0; i < 5; i++)
        {
            jobs.Add(Assert.IsType<Submission.Created>(await process.Store.SubmitAsync(new JobRequest("t", RequestKind.ChatCompletion, "m", "{}"u8.ToArray()), cancellation)).Job);
        }

        // One is done, one runs, one was given back, one was cancelled before it ran, and one event is refused: two wait.
        time.Advance(TimeSpan.FromSeconds(3));
        async Task<ClaimedJob> ClaimAsync(int i) => Assert.IsType<Claim.Taken>(await process.Worker.ClaimAsync(jobs[i].Id, cancellation)).Job;
        await process.Worker.FinishAsync(await ClaimAsync(0), new JobResult(200, "application/json", "{}"u8.ToArray()), "p/m", cancellation);
        await ClaimAsync(1);
        await process.Worker.HandBackAsync(await ClaimAsync(2), cancellation);
        await process.Store.CancelAsync("t", jobs[3].Id, cancellation);
        var refused = new EventJob(new JobRequest("event:s", RequestKind.ChatCompletion, "m", "{}"u8.ToArray()) { Origin = JobOrigin.Event }, "s", "1", Topics.Results);
        await process.Worker.RejectAsync(refused, new JobResult(400, "application/json", "{}"u8.ToArray()), cancellation);

        long Sum(MetricCollector<long> counter, Func<CollectedMeasurement<long>, bool>? which = null) => counter.GetMeasurementSnapshot().Where(which ?? (_ => true)).Sum(measured => measured.Value);
        Assert.Equal(2, Sum(accepted) + Sum(again) - Sum(started) - Sum(finished, measured => false.Equals(measured.Tags["ran"])));
        Assert.Equal((6, 3, 3, 1), (Sum(accepted), Sum(started), Sum(finished), Sum(again)));
        Assert.All(wait.GetMeasurementSnapshot(), measured => Assert.Equal(3, measured.Value));
        Assert.Equal(["cancelled", "failed", "succeeded"], finished.GetMeasurementSnapshot().Select(measured => (string)measured.Tags["status"]!).Order());
    }
}
