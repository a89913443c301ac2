using System.IO.Pipelines;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Edge.Forwarding;

/// <summary>
/// Generation's answer from its head on; <see cref="Body"/> stands at the first byte of the caller's body. Whoever has it disposes it, and says before
/// whether it was read to its end: what is not counts as a failure in Dapr's breaker.
/// </summary>
internal sealed class HopResponse(HopHead head, PipeReader body, HttpResponseMessage response, PathGate gate) : IAsyncDisposable
{
    private bool _readToEnd;

    public HopHead Head { get; } = head;

    public PipeReader Body { get; } = body;

    /// <summary>The body's end has been seen.</summary>
    public void ReadToEnd() => _readToEnd = true;

    public async ValueTask DisposeAsync()
    {
        if (_readToEnd)
        {
            gate.Succeeded();
        }
        else
        {
            gate.Failed();
        }

        await Body.CompleteAsync();
        response.Dispose();
    }
}
