namespace LlmDapr.Sidecar.Hosting;

/// <summary>Leaves signals alone: they belong to the process, which may be a test or a benchmark with sidecars in it.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
