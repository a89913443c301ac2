using System.Buffers;
using System.IO.Pipelines;

namespace LlmDapr.Generation.Streaming;

/// <summary>
/// Reads server-sent events as providers send them: LF, CRLF or CR, with or without the space after <c>data:</c>, comments and other fields between,
/// split anywhere, several in one read. Only an event's data is given on. Not thread-safe.
/// Source: the WHATWG HTML standard, "Server-sent events".
/// </summary>
internal sealed class SseEventReader(Stream stream, int maxEventBytes) : IAsyncDisposable
{
    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 * 1024, leaveOpen: true));
    private readonly ArrayBufferWriter<byte> _data = new();
    private ReadOnlySequence<byte> _buffer;
    private bool _hasBuffer;
    private bool _ended;
    private bool _hasData;
    private bool _afterCr;

    /// <summary>The last event's data; valid until the next read.</summary>
    public ReadOnlyMemory<byte> Data { get; private set; }

    /// <summary>
    /// Takes an event out of what has been received already. False: nothing complete is there, so that <see cref="WaitAsync"/> is needed.
    /// </summary>
    /// <exception cref="InvalidDataException">An event is larger than allowed.</exception>
    public bool TryRead()
    {
        if (Data.Length > 0)
        {
            Data = default;
            _data.ResetWrittenCount();
        }

        while (_hasBuffer && TryReadLine(out var line))
        {
            if (line.IsEmpty)
            {
                // An event without data is a provider's way to keep the connection alive.
                _hasData = false;
                if (_data.WrittenCount == 0)
                {
                    continue;
                }

                Data = _data.WrittenMemory;
                return true;
            }

            TakeField(line);
        }

        return false;
    }

    /// <summary>Waits for more bytes. False when the stream has ended; an event without its blank line is then no event.</summary>
    public async ValueTask<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return false;
        }

        if (_hasBuffer)
        {
            // What TryRead has left is one unfinished line.
            if (_buffer.Length > maxEventBytes)
            {
                throw new InvalidDataException($"The provider sent a line of more than {maxEventBytes} bytes.");
            }

            _pipe.AdvanceTo(_buffer.Start, _buffer.End);
            _hasBuffer = false;
        }

        var read = await _pipe.ReadAsync(cancellationToken);
        _buffer = read.Buffer;
        _hasBuffer = true;
        _ended = read.IsCompleted;
        return !_ended || !_buffer.IsEmpty;
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();

    private bool TryReadLine(out ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(_buffer);
        if (_afterCr)
        {
            // The LF of a CRLF whose CR ended the line before; it may come in a later read.
            if (!reader.TryPeek(out var next))
            {
                line = default;
                return false;
            }

            _afterCr = false;
            if (next == '\n')
            {
                reader.Advance(1);
                _buffer = _buffer.Slice(reader.Position);
            }
        }

        if (!reader.TryReadToAny(out line, "\r\n"u8, advancePastDelimiter: false))
        {
            return false;
        }

        reader.TryRead(out var end);
        _afterCr = end == '\r';
        _buffer = _buffer.Slice(reader.Position);
        return true;
    }

    private void TakeField(ReadOnlySequence<byte> line)
    {
        var reader = new SequenceReader<byte>(line);
        if (!reader.IsNext("data"u8, advancePast: true) || !(reader.End || reader.IsNext((byte)':', advancePast: true)))
        {
            return;
        }

        reader.IsNext((byte)' ', advancePast: true);
        if (_hasData)
        {
            _data.Write("\n"u8);
        }

        _hasData = true;
        var value = line.Slice(reader.Position);
        if (_data.WrittenCount + value.Length > maxEventBytes)
        {
            throw new InvalidDataException($"The provider sent an event of more than {maxEventBytes} bytes.");
        }

        foreach (var part in value)
        {
            _data.Write(part.Span);
        }
    }
}
