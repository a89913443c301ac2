namespace LlmDapr.Simulator.Control;

/// <summary>One answer's place at a gate.</summary>
internal sealed class GateTicket(Gates gates, string model) : IDisposable
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Model { get; } = model;

    public void Open() => _open.TrySetResult();

    public Task WaitAsync(CancellationToken cancellationToken) => _open.Task.WaitAsync(cancellationToken);

    public void Dispose() => gates.Leave(this);
}
