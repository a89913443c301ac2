using System.Buffers;
using System.IO.Pipelines;
using LlmDapr.Generation.Calls;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.Generation.Jobs;

/// <summary>A whole answer of a call, as those read it who share the call.</summary>
internal sealed class JobUpstream(CallAnswer answer) : UpstreamAnswer(answer.Head, PipeReader.Create(new ReadOnlySequence<byte>(WholeOf(answer))))
{
    /// <summary>The body of a plain answer, which has one part.</summary>
    public static ReadOnlyMemory<byte> WholeOf(CallAnswer answer) => answer.Body.Count == 1 ? answer.Body[0] : answer.Body.SelectMany(part => part.ToArray()).ToArray();

    public override ValueTask DisposeAsync() => answer.DisposeAsync();
}
