using System.IO.Pipelines;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// An answer from its head on, wherever it comes from; <see cref="Body"/> stands at the first byte of the caller's body. Whoever has it disposes it, which
/// ends the call behind it.
/// </summary>
public abstract class UpstreamAnswer(HopHead head, PipeReader body) : IAsyncDisposable
{
    /// <summary>What a caller is to see before the body, and whether that is a stream.</summary>
    public HopHead Head { get; } = head;

    /// <summary>The body.</summary>
    public PipeReader Body { get; } = body;

    /// <summary>The body's end has been seen.</summary>
    public virtual void ReadToEnd()
    {
    }

    /// <inheritdoc/>
#pragma warning disable CA1816 // There is no finalizer anywhere below.
    public abstract ValueTask DisposeAsync();
#pragma warning restore CA1816
}
