using System.Collections.Concurrent;

namespace LlmDapr.Generation.Calls;

/// <summary>
/// The call-ids that were started lately. Dapr repeats a request when the connection broke before the answer's first byte came through, which may be
/// after it was written: the repetition must not become a second paid call. Thread-safe.
/// </summary>
internal sealed class CallLedger(TimeProvider time)
{
    // Dapr's repetitions come within a second; a minute is far beyond them and keeps the ledger small.
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, long> _started = new(StringComparer.Ordinal);
    private long _prunedAt = time.GetTimestamp();

    /// <summary>False when the call was started before. A call without an id is always started.</summary>
    public bool TryStart(string? callId)
    {
        Prune();
        return string.IsNullOrEmpty(callId) || _started.TryAdd(callId, time.GetTimestamp());
    }

    private void Prune()
    {
        var prunedAt = Volatile.Read(ref _prunedAt);
        if (time.GetElapsedTime(prunedAt) < Memory / 4 || Interlocked.CompareExchange(ref _prunedAt, time.GetTimestamp(), prunedAt) != prunedAt)
        {
            return;
        }

        foreach (var (id, at) in _started)
        {
            if (time.GetElapsedTime(at) > Memory)
            {
                _started.TryRemove(id, out _);
            }
        }
    }
}
