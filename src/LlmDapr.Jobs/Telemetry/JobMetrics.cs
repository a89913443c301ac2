using System.Diagnostics.Metrics;
using LlmDapr.Jobs.Records;

namespace LlmDapr.Jobs.Telemetry;

/// <summary>
/// The jobs' instruments; tags are a few words. What waits is, over all services: accepted + queued_again - started - finished without a run (<c>ran=false</c>).
/// </summary>
internal sealed class JobMetrics
{
    public const string MeterName = "LlmDapr.Jobs";
    public const string AcceptedName = "llmdapr.jobs.accepted";
    public const string StartedName = "llmdapr.jobs.started";
    public const string FinishedName = "llmdapr.jobs.finished";
    public const string RetriesName = "llmdapr.jobs.retries";
    public const string QueuedAgainName = "llmdapr.jobs.queued_again";
    public const string RepublishedName = "llmdapr.jobs.republished";
    public const string DeadLettersName = "llmdapr.jobs.dead_letters";
    public const string RunningName = "llmdapr.jobs.running";
    public const string WaitName = "llmdapr.jobs.wait";
    public const string RunName = "llmdapr.jobs.run";

    private static readonly double[] Buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400];

    private readonly Meter _meter;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _started;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _queuedAgain;
    private readonly Counter<long> _republished;
    private readonly Counter<long> _deadLetters;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _run;

    public JobMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _accepted = _meter.CreateCounter<long>(AcceptedName, "{job}", "Jobs that were accepted.");
        _started = _meter.CreateCounter<long>(StartedName, "{job}", "Jobs that a worker has taken; one that is taken again after a hand-back counts again, as it does in queued_again.");
        _finished = _meter.CreateCounter<long>(FinishedName, "{job}", "Jobs that have ended, by status, and by whether they were running then.");
        _retries = _meter.CreateCounter<long>(RetriesName, "{run}", "Runs that were repeated, by the reason.");
        _queuedAgain = _meter.CreateCounter<long>(QueuedAgainName, "{job}", "Jobs that wait again, since their worker gave them back or died.");
        _republished = _meter.CreateCounter<long>(RepublishedName, "{message}", "Messages that were published again because the first one may be lost.");
        _deadLetters = _meter.CreateCounter<long>(DeadLettersName, "{event}", "Events that could not be worked on, by the reason.");
        _wait = _meter.CreateHistogram(WaitName, "s", "Time that a job has waited for a worker.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
        _run = _meter.CreateHistogram(RunName, "s", "Time from a job's last claim to its end.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Buckets });
    }

    /// <summary>Shows how many jobs a worker has.</summary>
    public void Observe(Func<int> running) => _meter.CreateObservableGauge(RunningName, running, "{job}", "Jobs that this worker has.");

    public void Accepted(JobRecord job) => _accepted.Add(1, Origin(job), Priority(job));

    public void Started(JobRecord job)
    {
        _started.Add(1, Origin(job), Priority(job));
        _wait.Record(Math.Max(0, ((job.StartedAt ?? job.QueuedAt) - job.QueuedAt).TotalSeconds), Origin(job), Priority(job));
    }

    public void Finished(JobRecord job)
    {
        var status = new KeyValuePair<string, object?>("status", job.Status.ToString().ToLowerInvariant());
        _finished.Add(1, Origin(job), Priority(job), status, new("ran", job.StartedAt is not null));
        if (job is { StartedAt: { } started, FinishedAt: { } finished })
        {
            _run.Record(Math.Max(0, (finished - started).TotalSeconds), Origin(job), Priority(job), status);
        }
    }

    public void Retried(bool wasRefused) => _retries.Add(1, new KeyValuePair<string, object?>("reason", wasRefused ? "refused" : "failed"));

    public void HandedBack() => _queuedAgain.Add(1, new KeyValuePair<string, object?>("reason", "handed_back"));

    public void TakenUp() => _queuedAgain.Add(1, new KeyValuePair<string, object?>("reason", "worker_died"));

    public void Republished() => _republished.Add(1);

    public void DeadLetter(string code) => _deadLetters.Add(1, new KeyValuePair<string, object?>("reason", code));

    private static KeyValuePair<string, object?> Origin(JobRecord job) => new("origin", job.Origin.ToString().ToLowerInvariant());

    private static KeyValuePair<string, object?> Priority(JobRecord job) => new("priority", job.Priority);
}
