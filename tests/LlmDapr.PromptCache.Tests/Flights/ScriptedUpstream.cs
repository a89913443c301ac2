using System.IO.Pipelines;
using LlmDapr.Contracts.Hop;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.PromptCache.Tests.Flights;

/// <summary>An upstream answer that the test writes.</summary>
internal sealed class ScriptedUpstream(PipeReader body, HopHead? head = null) : UpstreamAnswer(head ?? Stream, body)
{
    public static readonly HopHead Stream = new(200, [["content-type", "text/event-stream"], ["x-up", "1"]], null, "m", "p/m", 1);

    public bool IsDisposed { get; private set; }

    public bool WasReadToEnd { get; private set; }

    public override void ReadToEnd() => WasReadToEnd = true;

    public override async ValueTask DisposeAsync()
    {
        IsDisposed = true;
        await Body.CompleteAsync();
    }
}
