using System.IO.Pipelines;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.PromptCache.Tests.Flights;

/// <summary>A stream whose connection cannot be given back without a fault.</summary>
internal sealed class FaultingUpstream(byte[] body) : UpstreamAnswer(ScriptedUpstream.Stream, PipeReader.Create(new MemoryStream(body)))
{
    public override ValueTask DisposeAsync() => throw new InvalidOperationException("The connection was lost.");
}
