using System.IO.Pipelines;
using LlmDapr.Contracts.Hop;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.Edge.Forwarding;

/// <summary>
/// Generation's answer from its head on; <see cref="Body"/> stands at the first byte of the caller's body. Whoever has it disposes it, and says before
/// whether it was read to its end: what is not counts as a failure in Dapr's breaker.
/// </summary>
internal sealed class HopResponse(HopHead head, PipeReader body, HttpResponseMessage response, PathGate gate) : UpstreamAnswer(head, body)
{
    private bool _readToEnd;

    public override void ReadToEnd() => _readToEnd = true;

    public override async ValueTask DisposeAsync()
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
