using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LlmDapr.Testing;

/// <summary>Where a <see cref="BreakingProxy"/> breaks a connection.</summary>
public enum BreakPoint
{
    /// <summary>The request came, and never reaches the other side.</summary>
    BeforeTheRequest,

    /// <summary>The other side has begun to answer, and not a byte of it comes through.</summary>
    BeforeTheFirstByte,

    /// <summary>The first bytes of the answer came through.</summary>
    AfterTheFirstBytes,
}

/// <summary>Passes TCP connections on, and breaks one where a test wants it.</summary>
public sealed class BreakingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private readonly int _target;
    private (string Request, BreakPoint At)? _break;

    /// <summary>Listens on a free port of loopback and passes on to another.</summary>
    public BreakingProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>How many connections it broke.</summary>
    public int Broken { get; private set; }

    /// <summary>Breaks the next connection on which a request begins so, once.</summary>
    public void BreakNext(string request, BreakPoint at) => _break = (request, at);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassOnAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private async Task PassOnAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            near.NoDelay = far.NoDelay = true;
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                var connection = new Connection(near, far);
                await Task.WhenAny(ForwardAsync(connection), BackwardAsync(connection));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side ended: the other is closed with it.
            }
        }
    }

    private async Task ForwardAsync(Connection connection)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.Near.GetStream().ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (_break is { } wanted && Encoding.ASCII.GetString(buffer, 0, count).StartsWith(wanted.Request, StringComparison.Ordinal))
            {
                _break = null;
                connection.BreakAt = wanted.At;
                if (wanted.At == BreakPoint.BeforeTheRequest)
                {
                    Broken++;
                    return;
                }
            }

            await connection.Far.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }

    private async Task BackwardAsync(Connection connection)
    {
        var buffer = new byte[64 * 1024];
        while (await connection.Far.GetStream().ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (connection.BreakAt == BreakPoint.BeforeTheFirstByte)
            {
                Broken++;
                return;
            }

            await connection.Near.GetStream().WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            if (connection.BreakAt == BreakPoint.AfterTheFirstBytes)
            {
                Broken++;
                return;
            }
        }
    }

    private sealed class Connection(TcpClient near, TcpClient far)
    {
        public TcpClient Near => near;

        public TcpClient Far => far;

        public BreakPoint? BreakAt { get; set; }
    }
}
