using LlmDapr.Jobs.Records;

namespace LlmDapr.Jobs.Workers;

/// <summary>A job that this worker has.</summary>
public sealed class ClaimedJob
{
    internal ClaimedJob(WorkerDocument worker, JobRecord job) => (Worker, Job) = (worker, job);

    /// <summary>The record, as this worker has last written it.</summary>
    public JobRecord Job { get; internal set; }

    /// <summary>Cancelled when others have taken this worker for dead: the job is not its own any more, and it changes nothing any more.</summary>
    public CancellationToken Lost => Worker.Removed;

    internal WorkerDocument Worker { get; }
}
