namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// Some whole events of a shared stream, and the way to those after them. Parts are linked forwards only: what everybody has read is let go, however slow
/// one of them is. Thread-safe.
/// </summary>
public sealed class StreamPart
{
    private readonly TaskCompletionSource<StreamPart?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal StreamPart(ReadOnlyMemory<byte> bytes, bool isUsage) => (Bytes, IsUsage) = (bytes, isUsage);

    /// <summary>The events; empty in the first part of all.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether it is the chunk with the usage, which is only for those who asked for it.</summary>
    public bool IsUsage { get; }

    /// <summary>The next part, once it is there; null at the stream's end.</summary>
    public Task<StreamPart?> Next => _next.Task;

    internal void Link(StreamPart? next) => _next.TrySetResult(next);
}
