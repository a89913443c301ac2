using System.Buffers;
using System.IO.Pipelines;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Errors;

namespace LlmDapr.Edge.Completions;

/// <summary>
/// Passes on whole events only, and knows what the last one was. An event that is cut on its way never reaches the caller, so that what it gets after a
/// break is an error it can read.
/// </summary>
internal sealed class StreamRelay(PipeWriter output)
{
    /// <summary>A comment that keeps a silent stream alive.</summary>
    public static readonly byte[] KeepAlive = ": keep-alive\n\n"u8.ToArray();

    /// <summary>Whether the last event was <c>[DONE]</c>: the only proof that an answer is whole.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether the last event told of an error.</summary>
    public bool EndsWithError { get; private set; }

    /// <summary>Writes the events that are whole and sends them; returns where the rest begins.</summary>
    public async ValueTask<SequencePosition> ForwardAsync(ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        var whole = buffer.Slice(0, EndOfEvents(buffer));
        if (whole.IsEmpty)
        {
            return buffer.Start;
        }

        foreach (var part in whole)
        {
            part.Span.CopyTo(output.GetSpan(part.Length));
            output.Advance(part.Length);
        }

        await FlushAsync(cancellationToken);
        return whole.End;
    }

    /// <summary>Writes something of edge's own.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        bytes.Span.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
        await FlushAsync(cancellationToken);
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        // Completed means that nobody reads any more, which the caller's token is about to say.
        if ((await output.FlushAsync(cancellationToken)).IsCompleted)
        {
            throw new CallerLeftException();
        }
    }

    private SequencePosition EndOfEvents(ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        var end = reader.Position;
        while (reader.TryReadTo(out ReadOnlySequence<byte> line, "\n\n"u8))
        {
            var start = new SequenceReader<byte>(line);
            IsComplete = line.Length == HopFormat.Done.Length - 2 && start.IsNext(HopFormat.Done[..^2]);
            EndsWithError = start.IsNext("data: {\"error\":{"u8);
            end = reader.Position;
        }

        return end;
    }
}
