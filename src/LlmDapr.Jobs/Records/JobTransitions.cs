namespace LlmDapr.Jobs.Records;

/// <summary>
/// The changes that a job may go through. Pure: each gives the next record, or null when the job is not (or no more) where the change begins.
/// A worker's changes name worker and run, so that one that was taken for dead changes nothing any more.
/// </summary>
internal static class JobTransitions
{
    /// <summary>A worker takes a queued job: a new run.</summary>
    public static JobRecord? Claim(JobRecord job, string worker, string mark, DateTimeOffset now) =>
        job.Status == JobStatus.Queued
            ? job with { Status = JobStatus.Running, Worker = worker, Attempts = job.Attempts + 1, StartedAt = now, Mark = mark, Revision = job.Revision + 1 }
            : null;

    /// <summary>A run has failed, and another one of the same worker begins.</summary>
    public static JobRecord? Repeat(JobRecord job, string worker, int attempt, byte[] error, DateTimeOffset now) =>
        IsRunBy(job, worker, attempt)
            ? job with { Attempts = job.Attempts + 1, Failures = job.Failures + 1, LastError = error, StartedAt = now, Revision = job.Revision + 1 }
            : null;

    /// <summary>A run has brought the outcome.</summary>
    public static JobRecord? Finish(JobRecord job, string worker, int attempt, JobOutcome outcome, DateTimeOffset now) =>
        IsRunBy(job, worker, attempt)
            ? Ended(job, outcome.Status is >= 200 and < 300 ? JobStatus.Succeeded : JobStatus.Failed, outcome, now)
            : null;

    /// <summary>A worker gives back what it will not finish.</summary>
    public static JobRecord? HandBack(JobRecord job, string worker, int attempt, DateTimeOffset now) =>
        IsRunBy(job, worker, attempt) ? Queued(job, now) : null;

    /// <summary>A worker is dead: its job waits again.</summary>
    public static JobRecord? TakeUp(JobRecord job, string deadWorker, DateTimeOffset now) =>
        job.Status == JobStatus.Running && job.Worker == deadWorker ? Queued(job, now) with { Losses = job.Losses + 1 } : null;

    /// <summary>A worker is dead, and it was not the first that died of this job.</summary>
    public static JobRecord? GiveUp(JobRecord job, string deadWorker, JobOutcome outcome, DateTimeOffset now) =>
        job.Status == JobStatus.Running && job.Worker == deadWorker
            ? Ended(job, JobStatus.Failed, outcome, now) with { Attempts = outcome.Attempt, Losses = job.Losses + 1 }
            : null;

    /// <summary>Its owner does not want it any more, wherever it stands.</summary>
    public static JobRecord? Cancel(JobRecord job, DateTimeOffset now) =>
        job.IsFinished ? null : Ended(job, JobStatus.Cancelled, null, now);

    /// <summary>The result event was sent.</summary>
    public static JobRecord? Replied(JobRecord job) =>
        job.IsReplyDue ? job with { Reply = job.Reply! with { Sent = true }, Worker = null, Revision = job.Revision + 1 } : null;

    private static bool IsRunBy(JobRecord job, string worker, int attempt) =>
        job.Status == JobStatus.Running && job.Worker == worker && job.Attempts == attempt;

    private static JobRecord Queued(JobRecord job, DateTimeOffset now) =>
        job with { Status = JobStatus.Queued, Worker = null, QueuedAt = now, StartedAt = null, Revision = job.Revision + 1 };

    // What was needed to run it is not needed any more. The worker stays as long as it owes the result event.
    private static JobRecord Ended(JobRecord job, JobStatus status, JobOutcome? outcome, DateTimeOffset now) =>
        job with { Status = status, Worker = job.Reply is null ? null : job.Worker, Outcome = outcome, FinishedAt = now, Body = null, LastError = status == JobStatus.Cancelled ? null : job.LastError, Revision = job.Revision + 1 };
}
