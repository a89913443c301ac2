using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Sidecar.Tests.InProcess;

/// <summary>An app that answers its first requests and then takes each one and closes the connection without an answer.</summary>
internal sealed class ResetApp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private int _left;
    private int _requests;

    /// <summary>Requests that it got in full, sidecars' own ones left out.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static ResetApp Start(int answers)
    {
        var app = new ResetApp { _left = answers };
        app._listener.Start();
        _ = app.AcceptAsync();
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var length = 0;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } header)
                {
                    length = header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase) ? int.Parse(header[15..], System.Globalization.CultureInfo.InvariantCulture) : length;
                }

                if (length > 0)
                {
                    await reader.ReadBlockAsync(new char[length], _stop.Token);
                }

                var own = line.Contains("/dapr/", StringComparison.Ordinal);
                if (!own)
                {
                    Interlocked.Increment(ref _requests);
                    if (Interlocked.Decrement(ref _left) < 0)
                    {
                        return;
                    }
                }

                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray(), _stop.Token);
            }
        }
    }
}
