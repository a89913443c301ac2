using System.Globalization;
using LlmDapr.Contracts.Errors;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// Takes up what a dead worker had. Each step may be done twice, by two workers or after a fault: records change by compare-and-set, a message too many costs
/// one read. Thread-safe.
/// </summary>
internal sealed class TakeOver(JobDocuments jobs, WorkerRegistry registry, JobPublisher publisher, JobReplies replies, JobMetrics metrics, IOptions<JobsOptions> options, TimeProvider time, ILogger<TakeOver> logger)
{
    private const int AtOnce = 16;

    private readonly JobsOptions _options = options.Value;

    /// <summary>Does it; only when all is done is the worker off the list.</summary>
    public async Task RunAsync(DeadWorker dead, CancellationToken cancellationToken)
    {
        logger.WorkerDied(dead.Name, dead.Jobs.Count);
        foreach (var some in dead.Jobs.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(id => TakeUpAsync(id, dead.Name, cancellationToken)));
        }

        await registry.RemoveAsync(dead.Name, cancellationToken);
    }

    /// <summary>Takes up one job. Gives it as it is then.</summary>
    public async Task<JobRecord?> TakeUpAsync(string id, string worker, CancellationToken cancellationToken)
    {
        var (job, changed) = await jobs.UpdateAsync(id, job => Next(job, worker), cancellationToken);
        switch (job)
        {
            case { Status: JobStatus.Queued }:
                // Also when it was so before: its worker may have died between giving it back and saying so.
                await publisher.PublishJobAsync(job, cancellationToken);
                if (changed)
                {
                    metrics.TakenUp();
                }

                break;
            case { IsReplyDue: true } when job.Worker == worker:
                await replies.SendAsync(job, cancellationToken);
                break;
        }

        if (changed && job is { IsFinished: true })
        {
            metrics.Finished(job);
        }

        return job;
    }

    private JobRecord? Next(JobRecord job, string worker)
    {
        var now = time.GetUtcNow();
        if (job.Losses < _options.MaxLosses)
        {
            return JobTransitions.TakeUp(job, worker, now);
        }

        // Under a run's number of its own: the worker may only be slow, and write its result yet.
        var error = new ApiError(500, ErrorTypes.Server, "worker_lost", string.Create(CultureInfo.InvariantCulture, $"Each of the {job.Losses + 1} workers that ran this job died. Jobs:MaxLosses bounds that."));
        var body = error.ToJson().ToArray();
        return JobTransitions.GiveUp(job, worker, new JobOutcome(error.Status, "application/json", body.Length, job.Attempts + 1, null, body), now);
    }
}
