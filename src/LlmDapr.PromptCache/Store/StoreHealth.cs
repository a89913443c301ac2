using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Store;

/// <summary>Counts every failed call of the state store, and says once that it fails and once that it answers again, however many requests meet it. Thread-safe.</summary>
internal sealed class StoreHealth(CacheMetrics metrics, TimeProvider time, ILogger<StoreHealth> logger)
{
    // A store that answers one call and fails the next is not back.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile bool _isDown;
    private long _began;
    private long _lastFailure;
    private long _failures;

    /// <summary>A call failed, or was given up after <paramref name="limit"/>.</summary>
    public void Failed(string operation, Exception reason, TimeSpan limit, bool isSlow)
    {
        metrics.StoreFailed(operation, isSlow ? "timeout" : "error");
        lock (_lock)
        {
            _lastFailure = time.GetTimestamp();
            _failures++;
            if (_isDown)
            {
                return;
            }

            (_isDown, _began, _failures) = (true, _lastFailure, 1);
        }

        if (isSlow)
        {
            logger.StoreIsSlow(operation, limit);
        }
        else
        {
            logger.StoreFails(operation, reason.Message);
        }
    }

    /// <summary>A call was not made because others had failed.</summary>
    public void Spared(string operation) => metrics.StoreFailed(operation, "breaker_open");

    /// <summary>A call was answered with what is not an entry.</summary>
    public void Unreadable(string name)
    {
        metrics.StoreFailed("read", "unreadable");
        logger.EntryUnreadable(name);
    }

    /// <summary>A call was answered.</summary>
    public void Answered()
    {
        if (!_isDown)
        {
            return;
        }

        long failures;
        TimeSpan lasted;
        lock (_lock)
        {
            if (!_isDown || time.GetElapsedTime(_lastFailure) < Quiet)
            {
                return;
            }

            _isDown = false;
            (failures, lasted) = (_failures, time.GetElapsedTime(_began, _lastFailure));
        }

        logger.StoreAnswersAgain(lasted, failures);
    }
}
