using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Jobs.Workers;

/// <summary>Sends result events: at least once, since a death between the sending and its note sends it again. Thread-safe.</summary>
internal sealed class JobReplies(JobDocuments jobs, JobPublisher publisher)
{
    /// <summary>Sends what the job owes, and notes it. Does nothing when it owes nothing.</summary>
    public async Task SendAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (!job.IsReplyDue)
        {
            return;
        }

        await publisher.PublishResultAsync(job, await jobs.ReadResultAsync(job, cancellationToken), cancellationToken);
        await jobs.UpdateAsync(job.Id, JobTransitions.Replied, cancellationToken);
    }
}
