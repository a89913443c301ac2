namespace LlmDapr.Generation.Jobs;

/// <summary>Room for one job, until it is disposed; what is said of it afterwards changes nothing. Thread-safe: a call may outlive the job that began it.</summary>
internal sealed class JobSlot(JobSlots slots, string model) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _calls;
    private bool _disposed;

    /// <summary>The job is in the scheduler's hands now, which counts it; or it waits for another's call, and needs no place.</summary>
    public void Calls() => Set(true);

    /// <summary>The job waits for its next try.</summary>
    public void Waits() => Set(false);

    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        slots.Release(model, _calls);
    }

    private void Set(bool calls)
    {
        lock (_lock)
        {
            if (_calls != calls && !_disposed)
            {
                _calls = calls;
                slots.Calls(model, calls);
            }
        }
    }
}
