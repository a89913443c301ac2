using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.State;

/// <summary>Removes entries whose TTL has passed. Nobody sees them any more; this only gives the room back.</summary>
internal sealed class ExpirySweep(Database database, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Sweeps now and then until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                await SweepAsync(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    /// <summary>Removes everything that has expired, in pieces that hold no writer up.</summary>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        var removed = 0;
        try
        {
            int some;
            do
            {
                var now = time.GetUtcNow().ToUnixTimeMilliseconds();
                some = await database.WriteOneAsync(connection => StateTable.DeleteExpired(connection, now, AtOnce), cancel);
                removed += some;
            }
            while (some == AtOnce);
        }
        catch (StorageException)
        {
            // Already logged; the next sweep tries again.
        }

        if (removed > 0)
        {
            logger.Expired(removed);
        }

        return removed;
    }
}
