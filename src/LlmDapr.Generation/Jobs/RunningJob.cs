using LlmDapr.Jobs.Workers;

namespace LlmDapr.Generation.Jobs;

/// <summary>A job that runs, with what can end it. Thread-safe.</summary>
internal sealed class RunningJob(ClaimedJob claimed, JobSlot slot, CancellationTokenSource ending) : IDisposable
{
    private readonly Lock _lock = new();
    private bool _isUnwanted;
    private bool _isDisposed;

    public ClaimedJob Claimed { get; } = claimed;

    public JobSlot Slot { get; } = slot;

    public CancellationTokenSource Ending { get; } = ending;

    /// <summary>Whether its owner has cancelled it, or somebody else has it.</summary>
    public bool IsUnwanted => Volatile.Read(ref _isUnwanted);

    /// <summary>Ends it: its owner has cancelled it, or somebody else has it.</summary>
    public void Unwanted()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Volatile.Write(ref _isUnwanted, true);
                Ending.Cancel();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        Slot.Dispose();
        Ending.Dispose();
    }
}
