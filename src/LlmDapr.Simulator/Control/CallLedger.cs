namespace LlmDapr.Simulator.Control;

/// <summary>The simulator's counters. Thread-safe: one lock for all of them, so that a snapshot is consistent.</summary>
public sealed class CallLedger(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CallCounts> _models = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _firsts = new(StringComparer.Ordinal);
    private readonly HashSet<CallRecord> _open = [];
    private CallCounts _total = new();
    private TaskCompletionSource? _changed;

    /// <summary>All counts now.</summary>
    public CallStatistics Snapshot()
    {
        lock (_lock)
        {
            return new CallStatistics(_total, new SortedDictionary<string, CallCounts>(_models, StringComparer.Ordinal));
        }
    }

    /// <summary>The counts of one model name, all zero when nothing has asked for it.</summary>
    public CallCounts Of(string model)
    {
        lock (_lock)
        {
            return _models.GetValueOrDefault(model) ?? new CallCounts();
        }
    }

    /// <summary>Returns the counts (of a model, or in total when null) as soon as they meet a condition.</summary>
    public async Task<CallCounts> WaitForAsync(string? model, Func<CallCounts, bool> condition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(condition);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                CallCounts counts = model is null ? _total : _models.GetValueOrDefault(model) ?? new CallCounts();
                if (condition(counts))
                {
                    return counts;
                }

                _changed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sets everything to zero but what is in flight, which stays counted until it ends.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _models.Clear();
            _firsts.Clear();
            _total = new CallCounts();
            foreach (CallRecord record in _open)
            {
                Update_NeedsLock(record.Model, Arrived);
            }

            Signal_NeedsLock();
        }
    }

    internal IReadOnlyList<CallRecord> InFlight()
    {
        lock (_lock)
        {
            return [.. _open.OrderBy(record => record.StartedAtMs)];
        }
    }

    internal CallRecord Begin(string model, string path, long releases = 0)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            Update_NeedsLock(model, counts => Arrived(counts) with { LastStartedAtMs = now });
            _firsts.TryAdd(model, time.GetTimestamp());
            var record = new CallRecord(this, model, path, _models[model].Requests, now, time.GetElapsedTime(_firsts[model])) { ReleasesAtArrival = releases };
            _open.Add(record);
            Signal_NeedsLock();
            return record;
        }
    }

    internal void CountFault(CallRecord record)
    {
        lock (_lock)
        {
            Update_NeedsLock(record.Model, counts => counts with { Faults = counts.Faults + 1 });
            Signal_NeedsLock();
        }
    }

    internal void End(CallRecord record, CallOutcome outcome)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_lock)
        {
            if (!_open.Remove(record))
            {
                return;
            }

            Update_NeedsLock(record.Model, counts => Ended(counts, record, outcome, now));
            Signal_NeedsLock();
        }
    }

    private static CallCounts Arrived(CallCounts counts) => counts with
    {
        Requests = counts.Requests + 1,
        InFlight = counts.InFlight + 1,
        PeakConcurrency = Math.Max(counts.PeakConcurrency, counts.InFlight + 1),
    };

    private static CallCounts Ended(CallCounts counts, CallRecord record, CallOutcome outcome, long now)
    {
        counts = counts with { InFlight = counts.InFlight - 1 };
        return outcome switch
        {
            CallOutcome.Completed => counts with
            {
                Completed = counts.Completed + 1,
                PromptTokens = counts.PromptTokens + record.PromptTokens,
                CompletionTokens = counts.CompletionTokens + record.CompletionTokens,
            },
            CallOutcome.Cancelled => counts with { Cancelled = counts.Cancelled + 1, LastCancelledAtMs = now },
            CallOutcome.RateLimited => counts with { RateLimited = counts.RateLimited + 1 },
            CallOutcome.Rejected => counts with { Rejected = counts.Rejected + 1 },
            CallOutcome.Broken => counts with { Broken = counts.Broken + 1 },
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null),
        };
    }

    private void Update_NeedsLock(string model, Func<CallCounts, CallCounts> change)
    {
        _models[model] = change(_models.GetValueOrDefault(model) ?? new CallCounts());
        _total = change(_total);
    }

    private void Signal_NeedsLock()
    {
        _changed?.TrySetResult();
        _changed = null;
    }
}
