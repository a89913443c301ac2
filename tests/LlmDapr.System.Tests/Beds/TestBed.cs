using LlmDapr.Testing;

namespace LlmDapr.System.Tests.Beds;

/// <summary>
/// What systems of a test run on: the sidecars and the state store. A store lives as long as its bed, so that a second system finds what the first one left. The same tests run on each kind.
/// </summary>
public abstract class TestBed : IAsyncDisposable
{
    /// <summary>Starts a system; its disposal is the caller's.</summary>
    /// <exception cref="InvalidOperationException">It did not start.</exception>
    public abstract Task<RunningSystem> StartAsync(RunningSystemOptions options, CancellationToken cancellationToken);

    /// <summary>Whether a fault can be had on this machine; null, or why not.</summary>
    public virtual string? WhyNot(StoreFault fault) => null;

    /// <summary>Breaks the state store for edge.</summary>
    public abstract Task BreakStoreAsync(StoreFault fault, CancellationToken cancellationToken);

    /// <summary>Ends the fault.</summary>
    public abstract Task MendStoreAsync(CancellationToken cancellationToken);

    /// <summary>Ends a system and its state store without asking (SIGKILL). The store is back when a new system starts.</summary>
    public abstract Task KillAsync(RunningSystem system, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
