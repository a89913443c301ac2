using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Testing;

/// <summary>Passes TCP connections on, until it is shut, or made slow; and again once it is opened. Thread-safe.</summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private volatile int _target;
    private volatile State _state = new(IsShut: false, TimeSpan.Zero);

    /// <summary>Listens on a free port of loopback.</summary>
    public TcpGate()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where it leads from now on. Until that is said, connections wait.</summary>
    public void LeadTo(int port)
    {
        _target = port;
        _leads.TrySetResult();
    }

    /// <summary>Ends every connection, and each new one at once.</summary>
    public void Shut() => Become(new State(IsShut: true, TimeSpan.Zero));

    /// <summary>From now on, whatever comes back comes so much later.</summary>
    public void Slow(TimeSpan delay) => Become(new State(IsShut: false, delay));

    /// <summary>Passes everything on at once.</summary>
    public void Open() => Become(new State(IsShut: false, TimeSpan.Zero));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _state.Change();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private void Become(State next)
    {
        var before = _state;
        _state = next;
        before.Change();
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
            near.LingerState = new LingerOption(enable: true, seconds: 0);
            try
            {
                await _leads.Task.WaitAsync(_stop.Token);
                if (_state.IsShut)
                {
                    return;
                }

                await far.ConnectAsync(IPAddress.Loopback, _target, _stop.Token);
                using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                await Task.WhenAny(CopyAsync(near, far, isAnswer: false, end.Token), CopyAsync(far, near, isAnswer: true, end.Token), ShutAsync(end.Token));
                await end.CancelAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side ended: the other is closed with it.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, bool isAnswer, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        while (await from.GetStream().ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            if (isAnswer && _state is { Delay.Ticks: > 0 } slow)
            {
                await Task.WhenAny(Task.Delay(slow.Delay, cancellationToken), slow.Changed);
            }

            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    private async Task ShutAsync(CancellationToken cancellationToken)
    {
        while (!_state.IsShut)
        {
            await _state.Changed.WaitAsync(cancellationToken);
        }
    }

    private sealed record State(bool IsShut, TimeSpan Delay)
    {
        private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Changed => _changed.Task;

        public void Change() => _changed.TrySetResult();
    }
}
