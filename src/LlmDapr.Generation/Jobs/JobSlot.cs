namespace LlmDapr.Generation.Jobs;

/// <summary>Room for one job, until it is disposed. Not thread-safe.</summary>
internal sealed class JobSlot(JobSlots slots, string model) : IDisposable
{
    private bool _calls;
    private bool _disposed;

    /// <summary>The job is in the scheduler's hands now, which counts it.</summary>
    public void Calls() => Set(true);

    /// <summary>The job waits for its next try.</summary>
    public void Waits() => Set(false);

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            slots.Release(model, _calls);
        }
    }

    private void Set(bool calls)
    {
        if (_calls != calls)
        {
            _calls = calls;
            slots.Calls(model, calls);
        }
    }
}
