namespace LlmDapr.Sidecar.Storage;

/// <inheritdoc/>
internal sealed class PendingWrite<T>(Func<StorageConnection, T> work, bool isOneStatement, CancellationToken cancel) : PendingWrite(isOneStatement, cancel)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    /// <summary>Completes after the commit.</summary>
    public Task<T> Done => _done.Task;

    /// <inheritdoc/>
    public override void Run(StorageConnection connection) => _result = work(connection);

    /// <inheritdoc/>
    public override void Complete()
    {
        if (Fault is { } fault)
        {
            _done.TrySetException(fault);
        }
        else
        {
            _done.TrySetResult(_result!);
        }
    }

    /// <inheritdoc/>
    public override void Cancel() => _done.TrySetCanceled(Token);
}
