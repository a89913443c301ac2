using System.Net.Sockets;
using System.Text;

namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>Reads HTTP/1.1 from a socket, byte for byte, with the time at which bytes came.</summary>
public sealed class WireReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Everything that was read so far.</summary>
    public int TotalRead { get; private set; }

    /// <summary>One line without its end; null when the connection ended before one.</summary>
    public async ValueTask<string?> LineAsync(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            for (; _start < _end; _start++)
            {
                var c = (char)_buffer[_start];
                if (c == '\n')
                {
                    _start++;
                    return line.ToString();
                }

                if (c != '\r')
                {
                    line.Append(c);
                }
            }

            if (!await FillAsync(cancel))
            {
                return null;
            }
        }
    }

    /// <summary>Header lines up to the empty one; null when the connection ended before it.</summary>
    public async ValueTask<HeaderList?> HeadersAsync(CancellationToken cancel)
    {
        var headers = new HeaderList();
        while (await LineAsync(cancel) is { } line)
        {
            if (line.Length == 0)
            {
                return headers;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..Math.Max(colon, 0)], line[(colon + 1)..].Trim()));
        }

        return null;
    }

    /// <summary>Up to <paramref name="most"/> bytes, as they come; empty at the end of the connection.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> SomeAsync(int most, CancellationToken cancel)
    {
        if (_start == _end && !await FillAsync(cancel))
        {
            return default;
        }

        var count = Math.Min(most, _end - _start);
        var piece = _buffer.AsSpan(_start, count).ToArray();
        _start += count;
        return piece;
    }

    /// <summary>Exactly this many bytes, or fewer when the connection ends before.</summary>
    public async ValueTask<byte[]> ExactlyAsync(int count, CancellationToken cancel)
    {
        using var all = new MemoryStream(count);
        while (all.Length < count)
        {
            var piece = await SomeAsync(count - (int)all.Length, cancel);
            if (piece.IsEmpty)
            {
                break;
            }

            all.Write(piece.Span);
        }

        return all.ToArray();
    }

    /// <summary>Waits for the other side to leave, taking bytes that nobody asked for.</summary>
    public async ValueTask WaitForEndAsync(CancellationToken cancel)
    {
        while (await FillAsync(cancel))
        {
            _start = _end;
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancel)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        try
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(_end), cancel);
            TotalRead += read;
            _end += read;
            return read > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
