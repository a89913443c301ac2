using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.App;

/// <summary>One connection to the recorded app: requests in, raw bytes out.</summary>
internal sealed class AppConnection(RecordedApp app, Socket socket)
{
    private readonly WireReader _reader = new(socket);

    /// <summary>The request that is being answered.</summary>
    public ReceivedRequest Request { get; private set; } = null!;

    /// <summary>The app.</summary>
    public RecordedApp App => app;

    /// <summary>Serves requests until one side ends the connection.</summary>
    public async Task ServeAsync(CancellationToken cancel)
    {
        using (socket)
        {
            try
            {
                while (await ReadRequestAsync(cancel) is { } request)
                {
                    Request = request;
                    app.Note(request);
                    if (!await AppAnswers.AnswerAsync(this, cancel))
                    {
                        return;
                    }
                }
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException or IOException)
            {
                // The sidecar has left, or the test is over.
            }
        }
    }

    /// <summary>Writes bytes at once.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancel)..];
        }
    }

    /// <summary>Writes text, one byte a char.</summary>
    public Task WriteAsync(string text, CancellationToken cancel) => WriteAsync(Encoding.Latin1.GetBytes(text), cancel);

    /// <summary>Writes an answer with a length.</summary>
    public Task AnswerAsync(int status, string body, string headers, CancellationToken cancel)
    {
        var bare = status is 204 or 304 || Request.Method == "HEAD";
        var length = status is 204 or 304 ? "" : string.Create(CultureInfo.InvariantCulture, $"content-length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        return WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} X\r\n{headers}{length}\r\n{(bare ? "" : body)}"), cancel);
    }

    /// <summary>Waits, and notes when the other side leaves meanwhile; false then.</summary>
    public async Task<bool> PauseAsync(int milliseconds, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(milliseconds);
        try
        {
            await _reader.WaitForEndAsync(limit.Token);
            Request.AbortMs = app.Elapsed;
            return false;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private async Task<ReceivedRequest?> ReadRequestAsync(CancellationToken cancel)
    {
        if (await _reader.LineAsync(cancel) is not { } line || await _reader.HeadersAsync(cancel) is not { } headers)
        {
            return null;
        }

        var parts = line.Split(' ');
        using var body = new MemoryStream();
        var framing = "none";
        if (headers.Has("Transfer-Encoding", "chunked"))
        {
            framing = "chunked";
            if (!await ReadChunksAsync(body, cancel))
            {
                return null;
            }
        }
        else if (headers.First("Content-Length") is { } length)
        {
            framing = "length";
            var count = int.Parse(length, CultureInfo.InvariantCulture);
            body.Write(await _reader.ExactlyAsync(count, cancel));
            if (body.Length < count)
            {
                return null;
            }
        }

        return new ReceivedRequest(parts[0], parts[1], parts[^1], headers, framing, body.ToArray(), app.Elapsed);
    }

    private async Task<bool> ReadChunksAsync(MemoryStream body, CancellationToken cancel)
    {
        while (await _reader.LineAsync(cancel) is { } line)
        {
            var size = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return await _reader.HeadersAsync(cancel) is not null;
            }

            body.Write(await _reader.ExactlyAsync(size, cancel));
            await _reader.LineAsync(cancel);
        }

        return false;
    }
}
