using LlmDapr.Contracts.Events;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// Jobs as a worker sees them: claim, finish, give back. A job has one worker at a time, and one result; what a worker that was taken for dead still says
/// about its jobs changes nothing. Thread-safe.
/// </summary>
public sealed class JobWorker
{
    private readonly JobDocuments _jobs;
    private readonly WorkerRegistry _registry;
    private readonly WorkerLife _life;
    private readonly TakeOver _takeOver;
    private readonly JobReplies _replies;
    private readonly JobPublisher _publisher;
    private readonly Insistence _insistence;
    private readonly UnsureClaims _unsure;
    private readonly JobMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<JobWorker> _logger;
    private readonly TimeSpan _safe;

    internal JobWorker(WorkerParts parts, IOptions<JobsOptions> options, TimeProvider time, ILogger<JobWorker> logger)
    {
        (_jobs, _registry, _life, _takeOver, _replies, _publisher, _insistence, _unsure, _metrics) = parts;
        (_time, _logger) = (time, logger);
        _safe = options.Value.Lease / 2;
    }

    /// <summary>Whether it is registered, and so may take jobs.</summary>
    public bool IsReady => _life.Document is not null;

    /// <summary>Shows how many jobs this worker has.</summary>
    public void Observe(Func<int> running) => _metrics.Observe(running);

    /// <summary>
    /// Takes a queued job. Whatever it gives, the job's message may be acknowledged: the job is this worker's durably, or needs nobody. A result event that
    /// nobody else sends (of a job that was cancelled before it ran) has been sent.
    /// </summary>
    /// <exception cref="JobsUnavailableException">It could not be told; the message has to come again.</exception>
    public async Task<Claim> ClaimAsync(string id, CancellationToken cancellationToken)
    {
        var job = JobIds.IsValid(id) ? await _jobs.ReadAsync(id, cancellationToken) : null;
        if (job is { Status: JobStatus.Running, Worker: { } worker } && await IsDeadAsync(worker, cancellationToken))
        {
            // It was claimed by one that had been given up before: nobody watches over it.
            job = await _takeOver.TakeUpAsync(id, worker, cancellationToken);
        }

        switch (job)
        {
            case null:
                return Claim.Missing.Instance;
            case { Status: JobStatus.Queued }:
                return await TakeAsync(job);
            case { IsReplyDue: true } when job.Worker is null || await IsDeadAsync(job.Worker, cancellationToken):
                await _replies.SendAsync(job, cancellationToken);
                return new Claim.NotNeeded(job);
            default:
                return new Claim.NotNeeded(job);
        }
    }

    /// <summary>Makes a job out of an event and takes it, in one writing. As <see cref="ClaimAsync"/>, when the event has come before.</summary>
    public async Task<Claim> ClaimNewAsync(EventJob wanted, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var document = _life.Document ?? throw NotReady();
        var id = JobIds.OfEvent(wanted.Request.Tenant, wanted.Source, wanted.EventId);
        await document.HoldAsync(id);
        var now = _time.GetUtcNow();
        var job = wanted.NewRecord(id, now) with { Status = JobStatus.Running, Worker = document.Name, Attempts = 1, StartedAt = now };
        var created = await SureAsync(document, id, job.Mark, async () => await _jobs.CreateAsync(job, wanted.Request.Body, CancellationToken.None) is null);
        if (!created)
        {
            document.Drop(id);
            return await ClaimAsync(id, cancellationToken);
        }

        _metrics.Accepted(job);
        return Started(document, job with { Body = wanted.Request.Body.ToArray() });
    }

    /// <summary>
    /// Answers an event that cannot be run with an error result, and sends its result event. When it returns, the event may be acknowledged.
    /// </summary>
    public async Task RejectAsync(EventJob wanted, JobResult error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        ArgumentNullException.ThrowIfNull(error);
        var id = JobIds.OfEvent(wanted.Request.Tenant, wanted.Source, wanted.EventId);
        var now = _time.GetUtcNow();
        var job = wanted.NewRecord(id, now) with { Status = JobStatus.Failed, FinishedAt = now, Outcome = await _jobs.WriteResultAsync(id, 0, error, null, cancellationToken) };
        if (await _jobs.CreateAsync(job, ReadOnlyMemory<byte>.Empty, cancellationToken) is { } existing)
        {
            job = existing;
        }
        else
        {
            _metrics.Accepted(job);
            _metrics.Finished(job);
        }

        if (job.Worker is null)
        {
            await _replies.SendAsync(job, cancellationToken);
        }
    }

    /// <summary>Publishes an event that cannot be worked on, with the reason. When it returns, the event may be acknowledged.</summary>
    public async Task DeadLetterAsync(DeadLetter letter, ReadOnlyMemory<byte> what, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(letter);
        await _publisher.PublishDeadLetterAsync(letter, JobIds.OfEvent(string.Empty, letter.Topic, JobIds.Hash(what.Span)), cancellationToken);
        _metrics.DeadLetter(letter.Code);
    }

    /// <summary>The request of a job; null when it is gone.</summary>
    public Task<ReadOnlyMemory<byte>?> ReadRequestAsync(ClaimedJob claimed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        return _insistence.UntilDoneAsync(claimed.Job.Id, token => _jobs.ReadRequestAsync(claimed.Job, token), cancellationToken);
    }

    /// <summary>Notes that a run has failed and another one begins here. False when the job is not this worker's any more.</summary>
    /// <param name="claimed">The job.</param>
    /// <param name="error">OpenAI's error object.</param>
    /// <param name="cancellationToken">Ends the tries while the store is away.</param>
    public async Task<bool> RepeatAsync(ClaimedJob claimed, ReadOnlyMemory<byte> error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        var (id, attempt) = (claimed.Job.Id, claimed.Job.Attempts);
        var (job, changed) = await _insistence.UntilDoneAsync(id, token => _jobs.UpdateAsync(id, job => JobTransitions.Repeat(job, claimed.Worker.Name, attempt, error.ToArray(), _time.GetUtcNow()), token), cancellationToken);

        // A change that was made although the store seemed to be away is ours, too.
        if (changed || (job is { Status: JobStatus.Running } && job.Worker == claimed.Worker.Name && job.Attempts == attempt + 1))
        {
            claimed.Job = job! with { Body = claimed.Job.Body };
            _metrics.Retried(wasRefused: false);
            return true;
        }

        return false;
    }

    /// <summary>Counts a run that will be made again since nobody was asked: it is no attempt, and nothing is noted in the record.</summary>
    public void Refused() => _metrics.Retried(wasRefused: true);

    /// <summary>
    /// Makes this the job's result, and sends its result event. False when the job was not this worker's any more: then the result is dropped.
    /// </summary>
    public async Task<bool> FinishAsync(ClaimedJob claimed, JobResult result, string? target, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        var (id, attempt, worker) = (claimed.Job.Id, claimed.Job.Attempts, claimed.Worker.Name);
        var outcome = await _insistence.UntilDoneAsync(id, token => _jobs.WriteResultAsync(id, attempt, result, target, token), cancellationToken);
        var (job, changed) = await _insistence.UntilDoneAsync(id, token => _jobs.UpdateAsync(id, job => JobTransitions.Finish(job, worker, attempt, outcome, _time.GetUtcNow()), token), cancellationToken);
        if (!changed && !(job is { IsFinished: true } && job.Outcome?.Attempt == attempt))
        {
            _logger.ResultDropped(id);
            await _jobs.ForgetResultAsync(id, outcome, cancellationToken);
            await ReleaseAsync(claimed, job, cancellationToken);
            return false;
        }

        _metrics.Finished(job!);
        _logger.Ended(id, job!.Status);
        await _jobs.ForgetRequestAsync(job, cancellationToken);
        await ReleaseAsync(claimed, job, cancellationToken);
        return true;
    }

    /// <summary>Gives a job back, so that another worker takes it.</summary>
    public async Task HandBackAsync(ClaimedJob claimed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        var (id, attempt, worker) = (claimed.Job.Id, claimed.Job.Attempts, claimed.Worker.Name);
        var (job, changed) = await _insistence.UntilDoneAsync(id, token => _jobs.UpdateAsync(id, job => JobTransitions.HandBack(job, worker, attempt, _time.GetUtcNow()), token), cancellationToken);
        if (job is { Status: JobStatus.Queued })
        {
            await _insistence.UntilDoneAsync(id, token => PublishAsync(job, token), cancellationToken);
        }

        if (changed)
        {
            _metrics.HandedBack();
        }

        await ReleaseAsync(claimed, job, cancellationToken);
    }

    /// <summary>Lets a job go that was cancelled, or lost to others, while it ran; sends the result event that a cancelled one owes.</summary>
    public async Task ReleaseAsync(ClaimedJob claimed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        var job = claimed.Lost.IsCancellationRequested
            ? null
            : await _insistence.UntilDoneAsync(claimed.Job.Id, token => _jobs.ReadAsync(claimed.Job.Id, token), cancellationToken);
        await ReleaseAsync(claimed, job, cancellationToken);
    }

    /// <summary>Of these jobs, those that are not this worker's any more: cancelled by their owners, or lost.</summary>
    public async Task<IReadOnlyList<ClaimedJob>> FindLostAsync(IReadOnlyCollection<ClaimedJob> claimed, CancellationToken cancellationToken)
    {
        var now = (await _jobs.ReadAsync(claimed.Select(job => job.Job.Id), cancellationToken)).ToDictionary(job => job.Id, StringComparer.Ordinal);
        return [.. claimed.Where(mine => mine.Lost.IsCancellationRequested || (now.TryGetValue(mine.Job.Id, out var job) && (job.Status != JobStatus.Running || job.Worker != mine.Worker.Name)))];
    }

    /// <summary>Ends the worker's life. With jobs left, the others take them up after the lease time.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken) => _life.LeaveAsync(cancellationToken);

    private static JobsUnavailableException NotReady() => new("This worker is not registered yet: the state store is away.");

    private async Task<Claim> TakeAsync(JobRecord queued)
    {
        var document = _life.Document ?? throw NotReady();
        await document.HoldAsync(queued.Id);
        JobRecord? job = null;
        var mark = JobIds.NewMark();
        var taken = await SureAsync(
            document,
            queued.Id,
            mark,
            async () =>
            {
                (job, var changed) = await _jobs.UpdateAsync(queued.Id, job => JobTransitions.Claim(job, document.Name, mark, _time.GetUtcNow()), CancellationToken.None);
                return changed;
            });
        if (!taken)
        {
            document.Drop(queued.Id);
            return job is null ? Claim.Missing.Instance : new Claim.NotNeeded(job);
        }

        return Started(document, job!);
    }

    // A claim counts once it is certain that it was written, and that the others had not given this worker up before. Not to be cancelled: then neither is.
    private async Task<bool> SureAsync(WorkerDocument document, string id, string mark, Func<Task<bool>> claim)
    {
        try
        {
            if (!await claim())
            {
                return false;
            }

            await document.ConfirmAsync(_safe);
            return true;
        }
        catch (JobsUnavailableException)
        {
            _unsure.Settle(document, id, mark);
            throw;
        }
    }

    private Claim.Taken Started(WorkerDocument document, JobRecord job)
    {
        _metrics.Started(job);
        _logger.Taken(job.Id, job.Attempts);
        return new Claim.Taken(new ClaimedJob(document, job));
    }

    private async Task ReleaseAsync(ClaimedJob claimed, JobRecord? job, CancellationToken cancellationToken)
    {
        if (job is { IsReplyDue: true } && job.Worker == claimed.Worker.Name)
        {
            await _insistence.UntilDoneAsync(job.Id, token => SendAsync(job, token), cancellationToken);
        }

        claimed.Worker.Drop(claimed.Job.Id);
    }

    private async Task<bool> PublishAsync(JobRecord job, CancellationToken cancellationToken)
    {
        await _publisher.PublishJobAsync(job, cancellationToken);
        return true;
    }

    private async Task<bool> SendAsync(JobRecord job, CancellationToken cancellationToken)
    {
        await _replies.SendAsync(job, cancellationToken);
        return true;
    }

    // By its document: that says so before anything else is done.
    private async Task<bool> IsDeadAsync(string worker, CancellationToken cancellationToken) => await _registry.ReadAsync(worker, cancellationToken) is null or { State.Dead: true };
}
