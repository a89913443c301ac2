using LlmDapr.Contracts.Errors;
using LlmDapr.PromptCache.Answers;

namespace LlmDapr.PromptCache.Flights;

/// <summary>
/// A stream that many read, each at its own pace, and one writes. Up to a size it can be read from its start by whoever comes later, and be put together
/// as a plain answer; beyond it only those who are at it go on. Readers are thread-safe, the writer is one.
/// </summary>
public sealed class SharedStream
{
    private readonly TaskCompletionSource<FlightStart> _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _maxBytes;
    private StreamPart? _first = new(default, isUsage: false);
    private StreamPart _last;
    private long _bytes;

    internal SharedStream(long maxBytes)
    {
        _maxBytes = maxBytes;
        _last = _first;
    }

    /// <summary>Where a reader begins: a part without events. Null when the stream has grown too large to be joined.</summary>
    public StreamPart? First => Volatile.Read(ref _first);

    /// <summary>How it ended; null while it runs. Set before the last part is known to be the last.</summary>
    public StreamEnd? End { get; private set; }

    /// <summary>The same answer in its plain form, once it is complete; or why there is none.</summary>
    internal Task<FlightStart> Whole => _whole.Task;

    internal void Append(ReadOnlyMemory<byte> events, bool isUsage)
    {
        var part = new StreamPart(events, isUsage);
        _bytes += events.Length;
        if (_bytes > _maxBytes)
        {
            Volatile.Write(ref _first, null);
        }

        _last.Link(part);
        _last = part;
    }

    /// <summary>The plain form of what has been written, with what is about to be; null when it is not whole, or too large.</summary>
    internal byte[]? Assemble(ReadOnlyMemory<byte> last) => First is { } first ? ChatAssembler.Assemble(Read(first).Append(last)) : null;

    // The first word counts: a connection that faults behind the last event takes nothing back.
    internal void Complete(FlightStart whole, StreamEnd end)
    {
        if (End is not null)
        {
            return;
        }

        End = end;
        _whole.TrySetResult(whole);
        _last.Link(null);
    }

    internal void Break(ApiError error, bool isTold) => Complete(new FlightStart.Failed(error), new StreamEnd(error, isTold));

    private static IEnumerable<ReadOnlyMemory<byte>> Read(StreamPart first)
    {
        for (var part = first; part is not null; part = part.Next.IsCompletedSuccessfully ? part.Next.GetAwaiter().GetResult() : null)
        {
            yield return part.Bytes;
        }
    }
}
