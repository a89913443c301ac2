namespace LlmDapr.Sidecar.Storage;

/// <summary>One work that waits for the writer.</summary>
internal abstract class PendingWrite(bool isOneStatement, CancellationToken cancel)
{
    /// <summary>Whether it needs no savepoint: a single statement that fails leaves nothing behind.</summary>
    public bool IsOneStatement => isOneStatement;

    /// <summary>Whether whoever wants it has gone before it was begun.</summary>
    public bool IsCancelled => cancel.IsCancellationRequested;

    /// <summary>Set when the work itself threw: it has been undone, and the others of its transaction go on.</summary>
    public Exception? Fault { get; set; }

    protected CancellationToken Token => cancel;

    /// <summary>Does the work inside the transaction. It may be called again after the transaction was undone.</summary>
    public abstract void Run(StorageConnection connection);

    /// <summary>Tells the waiter: after the commit the result, else the fault.</summary>
    public abstract void Complete();

    /// <summary>Tells the waiter that it was given up.</summary>
    public abstract void Cancel();
}
