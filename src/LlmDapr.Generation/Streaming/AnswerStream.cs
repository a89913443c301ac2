namespace LlmDapr.Generation.Streaming;

/// <summary>A stream whose first words are out: what follows them, and how it ended. Disposing it ends the call behind it.</summary>
internal abstract class AnswerStream : IAsyncDisposable
{
    /// <summary>How the stream ended; null while it runs.</summary>
    public abstract ChatStreamEnd? End { get; }

    /// <summary>The events that have come since the last call, having waited for at least one; empty only at the end. A fault is an <see cref="End"/>, not an exception.</summary>
    public abstract ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
