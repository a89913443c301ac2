using LlmDapr.Contracts;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Telemetry;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Store;

/// <summary>
/// Jobs as their owners see them: submit, ask, wait, cancel, fetch the result. Thread-safe. Every method throws <see cref="JobsUnavailableException"/> when
/// the state store or the broker is out of reach.
/// </summary>
public sealed class JobStore
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);

    private readonly JobDocuments _jobs;
    private readonly JobPublisher _publisher;
    private readonly LostMessages _lost;
    private readonly JobMetrics _metrics;
    private readonly JobsOptions _options;
    private readonly TimeProvider _time;

    internal JobStore(JobDocuments jobs, JobPublisher publisher, LostMessages lost, JobMetrics metrics, IOptions<JobsOptions> options, TimeProvider time) =>
        (_jobs, _publisher, _lost, _metrics, _options, _time) = (jobs, publisher, lost, metrics, options.Value, time);

    /// <summary>
    /// Accepts work. When it gives <see cref="Submission.Created"/> or <see cref="Submission.Existing"/>, record and message are durable: the job survives a
    /// kill of any process. When it throws, the work is not accepted; a caller with an idempotency key may simply try again.
    /// </summary>
    public async Task<Submission> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Body.Length > _options.MaxRequestBytes)
        {
            return new Submission.TooLarge(_options.MaxRequestBytes);
        }

        var job = NewJob(request);
        if (await _jobs.CreateAsync(job, request.Body, cancellationToken) is { } existing)
        {
            return await ExistingAsync(existing, job, cancellationToken);
        }

        try
        {
            await _publisher.PublishJobAsync(job, cancellationToken);
        }
        catch (JobsUnavailableException) when (request.IdempotencyKey is null)
        {
            // Nobody can ask for it again. (With a key, somebody may have done so meanwhile.)
            await _jobs.ForgetAsync(job, cancellationToken);
            throw;
        }

        _metrics.Accepted(job);
        return new Submission.Created(job);
    }

    /// <summary>The tenant's job of this id; null when there is none, or it is somebody else's.</summary>
    public async Task<JobRecord?> GetAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        var job = JobIds.IsValid(id) ? await _jobs.ReadAsync(id, cancellationToken) : null;
        if (job is null || job.Tenant != tenant)
        {
            return null;
        }

        if (job.Status == JobStatus.Queued && _lost.MayBe(job))
        {
            await PublishLostAsync(job, cancellationToken);
        }

        return job;
    }

    /// <summary>The tenant's job of this id, once it has ended or the time is over; null when there is none.</summary>
    public async Task<JobRecord?> WaitAsync(string tenant, string id, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var startedAt = _time.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause * 1.5 < LastLook ? pause * 1.5 : LastLook)
        {
            var job = await GetAsync(tenant, id, cancellationToken);
            var left = timeout - _time.GetElapsedTime(startedAt);
            if (job is null || job.IsFinished || left <= TimeSpan.Zero)
            {
                return job;
            }

            await Task.Delay(left < pause ? left : pause, _time, cancellationToken);
        }
    }

    /// <summary>
    /// Cancels the tenant's job, also a running one, whose call ends within two seconds. Gives the job as it is then: cancelled, or ended already and left as
    /// it was. Null when there is none.
    /// </summary>
    public async Task<JobRecord?> CancelAsync(string tenant, string id, CancellationToken cancellationToken)
    {
        if (!JobIds.IsValid(id))
        {
            return null;
        }

        var (job, changed) = await _jobs.UpdateAsync(id, job => job.Tenant == tenant ? JobTransitions.Cancel(job, _time.GetUtcNow()) : null, cancellationToken);
        if (job is null || job.Tenant != tenant)
        {
            return null;
        }

        if (changed)
        {
            _metrics.Finished(job);
            await _jobs.ForgetRequestAsync(job, cancellationToken);
        }

        // A worker that has it sees to the result event; without one, whoever gets the message does.
        if (job is { IsReplyDue: true, Worker: null })
        {
            await PublishAsync(job, cancellationToken);
        }

        return job;
    }

    /// <summary>What a job came to; null while it has not ended, when it was cancelled, or when its time to live is over.</summary>
    public Task<JobResult?> GetResultAsync(JobRecord job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return _jobs.ReadResultAsync(job, cancellationToken);
    }

    private async Task<Submission> ExistingAsync(JobRecord existing, JobRecord wanted, CancellationToken cancellationToken)
    {
        if (existing.Tenant != wanted.Tenant || existing.BodyHash != wanted.BodyHash || existing.Kind != wanted.Kind)
        {
            if (existing.BodyHash != wanted.BodyHash)
            {
                // It was written before the record that refused it.
                await _jobs.ForgetRequestAsync(wanted, cancellationToken);
            }

            return new Submission.Conflict(existing.Id);
        }

        // Who is told "accepted" now may be so because the message could not be published the first time.
        if (existing.Status == JobStatus.Queued)
        {
            await PublishAsync(existing, cancellationToken);
        }

        return new Submission.Existing(existing);
    }

    private async Task PublishLostAsync(JobRecord job, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(job, cancellationToken);
            _metrics.Republished();
        }
        catch (JobsUnavailableException)
        {
            // Whoever asks gets the job all the same, and is likely to ask again.
        }
    }

    private async Task PublishAsync(JobRecord job, CancellationToken cancellationToken)
    {
        await _publisher.PublishJobAsync(job, cancellationToken);
        _lost.PublishedAgain(job.Id);
    }

    private JobRecord NewJob(JobRequest request)
    {
        var now = _time.GetUtcNow();
        return new JobRecord
        {
            Id = request.IdempotencyKey is { } key ? JobIds.OfKey(request.Tenant, key) : JobIds.New(),
            Tenant = request.Tenant,
            Origin = request.Origin,
            Kind = request.Kind,
            Model = request.Model,
            Priority = request.Priority,
            CacheControl = request.CacheControl,
            CacheTtl = request.CacheTtl,
            CreatedAt = now,
            QueuedAt = now,
            BodyHash = JobIds.Hash(request.Body.Span),
            BodyLength = request.Body.Length,
            Mark = JobIds.NewMark(),
        };
    }
}
