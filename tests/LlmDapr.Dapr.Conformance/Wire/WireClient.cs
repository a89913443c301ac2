using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmDapr.Dapr.Conformance.Wire;

/// <summary>An HTTP client that changes nothing: bytes out, bytes in.</summary>
public sealed class WireClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly WireReader _reader;
    private long _start;

    private WireClient() => _reader = new WireReader(_socket);

    /// <summary>Connects to a port of this machine.</summary>
    public static async Task<WireClient> ConnectAsync(int port, CancellationToken cancel)
    {
        var client = new WireClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, port, cancel);
        return client;
    }

    /// <summary>Sends one request on a connection of its own and reads the answer.</summary>
    public static async Task<WireAnswer> ExchangeAsync(int port, WireRequest request, CancellationToken cancel)
    {
        using var client = await ConnectAsync(port, cancel);
        await client.SendAsync(request, cancel);
        return await client.ReadAsync(request.Method == "HEAD", cancel);
    }

    /// <summary>Sends a request, head and body apart as the recordings' client did.</summary>
    public async Task SendAsync(WireRequest request, CancellationToken cancel)
    {
        _start = Stopwatch.GetTimestamp();
        var (head, body) = request.Write();
        try
        {
            await SendAllAsync(head, cancel);
            await SendAllAsync(body, cancel);
        }
        catch (SocketException)
        {
            // The other side may answer before it has the whole body, and close. Its answer tells.
        }
    }

    /// <summary>Sends bytes.</summary>
    public async Task SendAllAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        _start = _start == 0 ? Stopwatch.GetTimestamp() : _start;
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, cancel)..];
        }
    }

    /// <summary>Reads an answer; 1xx ones are passed over.</summary>
    public async Task<WireAnswer> ReadAsync(bool toHead, CancellationToken cancel)
    {
        int status;
        HeaderList? headers;
        do
        {
            if (await _reader.LineAsync(cancel) is not { } line || (headers = await _reader.HeadersAsync(cancel)) is null)
            {
                return new WireAnswer(0, [], [], "none", false, [], Elapsed, Elapsed);
            }

            status = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
        }
        while (status is >= 100 and < 200 && status != 101);

        var head = Elapsed;
        var chunks = new List<WireChunk>();
        var (framing, clean) = toHead || status is 204 or 304 or 101
            ? (headers.First("Content-Length") is not null ? "length" : "none", true)
            : headers.Has("Transfer-Encoding", "chunked") ? ("chunked", await ReadChunkedAsync(chunks, cancel))
            : headers.First("Content-Length") is { } length ? ("length", await ReadLengthAsync(int.Parse(length, CultureInfo.InvariantCulture), chunks, cancel))
            : ("close", await ReadToEndAsync(chunks, cancel));
        return new WireAnswer(status, headers, [.. chunks.SelectMany(chunk => chunk.Bytes)], framing, clean, chunks, head, Elapsed);
    }

    /// <summary>Leaves without a word.</summary>
    public void Dispose() => _socket.Dispose();

    private double Elapsed => Stopwatch.GetElapsedTime(_start).TotalMilliseconds;

    private async Task<bool> ReadChunkedAsync(List<WireChunk> chunks, CancellationToken cancel)
    {
        while (await _reader.LineAsync(cancel) is { } line)
        {
            if (!int.TryParse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size))
            {
                return false;
            }

            if (size == 0)
            {
                return await _reader.HeadersAsync(cancel) is not null;
            }

            var bytes = await _reader.ExactlyAsync(size, cancel);
            chunks.Add(new WireChunk(Elapsed, bytes));
            if (bytes.Length < size || await _reader.LineAsync(cancel) is null)
            {
                return false;
            }
        }

        return false;
    }

    private async Task<bool> ReadLengthAsync(int length, List<WireChunk> chunks, CancellationToken cancel)
    {
        while (length > 0)
        {
            var piece = await _reader.SomeAsync(length, cancel);
            if (piece.IsEmpty)
            {
                return false;
            }

            chunks.Add(new WireChunk(Elapsed, piece.ToArray()));
            length -= piece.Length;
        }

        return true;
    }

    private async Task<bool> ReadToEndAsync(List<WireChunk> chunks, CancellationToken cancel)
    {
        while (await _reader.SomeAsync(64 * 1024, cancel) is { IsEmpty: false } piece)
        {
            chunks.Add(new WireChunk(Elapsed, piece.ToArray()));
        }

        return true;
    }
}
