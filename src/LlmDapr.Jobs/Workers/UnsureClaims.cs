using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using Microsoft.Extensions.Logging;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// Claims of which it is not known whether they were written. Their messages are refused and come again, perhaps to another worker, which would see a job
/// that a living worker has: so what turns out to be ours, and nobody runs, is given back as soon as the store answers. Thread-safe.
/// </summary>
internal sealed class UnsureClaims(JobDocuments jobs, JobPublisher publisher, Insistence insistence, TimeProvider time, ILogger<UnsureClaims> logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Settles the claim with this <see cref="JobRecord.Mark"/> in the background, and then takes it off the worker's document.</summary>
    public void Settle(WorkerDocument document, string id, string mark)
    {
        logger.ClaimUnsure(id);
        _ = SettleAsync(document, id, mark);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SettleAsync(WorkerDocument document, string id, string mark)
    {
        try
        {
            await insistence.UntilDoneAsync(
                id,
                async token =>
                {
                    // By its mark: the message may have come again meanwhile, and this worker runs the job under a later claim.
                    var (job, _) = await jobs.UpdateAsync(id, job => job.Mark == mark ? JobTransitions.HandBack(job, document.Name, job.Attempts, time.GetUtcNow()) : null, token);
                    if (job is { Status: JobStatus.Queued })
                    {
                        await publisher.PublishJobAsync(job, token);
                    }

                    return true;
                },
                _stopping.Token);
            document.Drop(id);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // It stays on the document: the others take it up.
        }
    }
}
