using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Calls;

/// <summary>One accepted request and what its answer needs.</summary>
/// <param name="Context">The request.</param>
/// <param name="Model">The model's whole name.</param>
/// <param name="Behaviour">The name's behaviour.</param>
/// <param name="Fault">What goes wrong this time.</param>
/// <param name="Record">Its place in the ledger.</param>
/// <param name="Pace">When its tokens are due.</param>
/// <param name="Gate">Where it waits with <see cref="Fault.Gate"/>, else null.</param>
/// <param name="CreatedAt">Unix seconds of the answer's <c>created</c>.</param>
/// <param name="Stopping">The simulator shuts down.</param>
internal sealed record ProviderCall(
    HttpContext Context,
    string Model,
    Behaviour Behaviour,
    Fault Fault,
    CallRecord Record,
    Pace Pace,
    GateTicket? Gate,
    long CreatedAt,
    CancellationToken Stopping) : IDisposable
{
    /// <summary>The caller went away.</summary>
    public CancellationToken CallerGone => Context.RequestAborted;

    public void Dispose() => Gate?.Dispose();
}
