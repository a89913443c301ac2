using System.Collections.Concurrent;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>
/// Takes out of the data file what nobody waits for: messages that every known group of their topic has acknowledged, once they are an hour
/// old or not among the newest 100,000 of their topic. What a known group has not acknowledged is never taken out; a topic that no app has
/// ever subscribed to keeps everything for a week.
/// </summary>
internal sealed class Retention : IAsyncDisposable
{
    /// <summary>How long an acknowledged message stays, so that a new app sees a topic's recent history.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromHours(1);

    /// <summary>How long a message stays in a topic without subscribers.</summary>
    public static readonly TimeSpan MostAgeUnsubscribed = TimeSpan.FromDays(7);

    /// <summary>How many messages of a topic stay.</summary>
    public const int MostMessages = 100_000;

    private const int PublishesBetween = 10_000;
    private const int RowsAtOnce = 500;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _mostMessages;
    private readonly ConcurrentDictionary<long, int> _published = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly ITimer _timer;

    /// <summary>Starts the housekeeping: every minute, and whenever a topic has got 10,000 messages.</summary>
    public Retention(Database database, TimeProvider time, ILogger logger, int mostMessages = MostMessages)
    {
        (_database, _time, _logger, _mostMessages) = (database, time, logger, mostMessages);
        _timer = time.CreateTimer(_ => _ = TrySweepAsync(), null, Between, Between);
    }

    /// <summary>Counts a publish.</summary>
    public void Note(long topic)
    {
        if (_published.AddOrUpdate(topic, 1, static (_, count) => count + 1) % PublishesBetween == 0)
        {
            _ = TrySweepAsync();
        }
    }

    /// <summary>Sweeps all topics, some rows at a time so that publishers do not wait for it.</summary>
    /// <returns>How many messages are gone.</returns>
    public async Task<int> SweepAsync(CancellationToken cancel)
    {
        var total = 0;
        foreach (var topic in _database.Read(QueueTables.Topics))
        {
            var limits = _database.Read(connection => LimitsOf(connection, topic));
            int removed;
            do
            {
                removed = await _database.WriteOneAsync(
                    connection => QueueTables.Remove(connection, topic, limits.UpTo, limits.PublishedBefore, limits.OlderThan, RowsAtOnce), cancel);
                total += removed;
            }
            while (removed == RowsAtOnce);
        }

        return total;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stop.CancelAsync();

        // A sweep that runs notices after its next write.
        await _one.WaitAsync(CancellationToken.None);
        _one.Dispose();
        _stop.Dispose();
    }

    private (long UpTo, long PublishedBefore, long OlderThan) LimitsOf(StorageConnection connection, long topic)
    {
        var now = _time.GetUtcNow();
        return QueueTables.LeastFloor(connection, topic) is { } floor
            ? (floor, (now - MostAge).ToUnixTimeMilliseconds(), QueueTables.IdBehindNewest(connection, topic, _mostMessages))
            : (long.MaxValue, (now - MostAgeUnsubscribed).ToUnixTimeMilliseconds(), 0);
    }

    private async Task TrySweepAsync()
    {
        if (_stop.IsCancellationRequested || !await _one.WaitAsync(TimeSpan.Zero, CancellationToken.None))
        {
            return;
        }

        try
        {
            var removed = await SweepAsync(_stop.Token);
            if (removed > 0)
            {
                _logger.Swept(removed);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException)
        {
            // The process ends.
        }
        catch (StorageException failed)
        {
            _logger.SweepFailed(failed.Message);
        }
        finally
        {
            _one.Release();
        }
    }
}
