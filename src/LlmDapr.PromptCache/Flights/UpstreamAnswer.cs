using System.Buffers;
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

    /// <summary>The plain body; null when it is shorter, or longer, than its length: then something on the way broke.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<byte[]?> ReadPlainAsync(long length, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var read = await Body.ReadAsync(cancellationToken);
                if (read.IsCompleted || read.Buffer.Length > length)
                {
                    if (read.Buffer.Length != length)
                    {
                        return null;
                    }

                    var body = read.Buffer.ToArray();
                    Body.AdvanceTo(read.Buffer.End);
                    ReadToEnd();
                    return body;
                }

                Body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
#pragma warning disable CA1816 // There is no finalizer anywhere below.
    public abstract ValueTask DisposeAsync();
#pragma warning restore CA1816
}
