using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace LlmDapr.Dapr.Conformance.App;

/// <summary>
/// The app behind the recordings' sidecars, rebuilt on bare sockets: what it received is asked of it byte for byte, and much of what it
/// answers is no valid HTTP. Thread-safe.
/// </summary>
public sealed class RecordedApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ReceivedRequest> _received = new();
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private Socket _listener = null!;
    private long _start = Stopwatch.GetTimestamp();

    private RecordedApp(string name) => Name = name;

    /// <summary>The name that <c>/who</c> answers.</summary>
    public string Name { get; }

    /// <summary>The port. It is held from the beginning, open or not: nobody else gets it, and connecting to a closed one is refused.</summary>
    public int Port { get; private set; }

    /// <summary>What <c>/dapr/subscribe</c> answers.</summary>
    public string Subscriptions { get; set; } = "[]";

    /// <summary>The status of <c>/healthz</c>.</summary>
    public int HealthStatus { get; set; } = 200;

    /// <summary>The status of paths that the app does not know; pub/sub's recordings have an app that takes whatever comes: 200.</summary>
    public int OtherStatus { get; set; } = 404;

    /// <summary>Answers of <c>/answers/NAME</c>: status and body, one an attempt, the last for all further ones.</summary>
    public ConcurrentDictionary<string, IReadOnlyList<(int Status, string Body)>> Answers { get; } = new(StringComparer.Ordinal);

    /// <summary>Scripts for paths of single cases; they come before the built-in ones.</summary>
    public ConcurrentDictionary<string, Func<AppScript, CancellationToken, Task<bool>>> Scripts { get; } = new(StringComparer.Ordinal);

    /// <summary>What was received since the last <see cref="Clear"/>, without sidecars' own requests.</summary>
    public IReadOnlyList<ReceivedRequest> Received => [.. _received.Where(request => !IsSidecars(request.Target))];

    /// <summary>What sidecars asked on their own account.</summary>
    public IReadOnlyList<ReceivedRequest> AskedBySidecar => [.. _received.Where(request => IsSidecars(request.Target))];

    /// <summary>Milliseconds since the last <see cref="Clear"/>.</summary>
    public double Elapsed => Stopwatch.GetElapsedTime(Volatile.Read(ref _start)).TotalMilliseconds;

    /// <summary>Makes an app; an app that is not open refuses connections.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="open">Whether it listens at once.</param>
    /// <param name="port">The port of an app that was disposed; 0 = a free one.</param>
    public static RecordedApp Start(string name, bool open = true, int port = 0)
    {
        var app = new RecordedApp(name) { _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) };
        app._listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        app.Port = ((IPEndPoint)app._listener.LocalEndPoint!).Port;
        if (open)
        {
            app.Open();
        }

        return app;
    }

    /// <summary>Starts to listen.</summary>
    public void Open()
    {
        _listener.Listen(1024);
        _ = AcceptAsync();
    }

    /// <summary>Forgets what was received and the attempts counted.</summary>
    public void Clear()
    {
        _received.Clear();
        _attempts.Clear();
        Volatile.Write(ref _start, Stopwatch.GetTimestamp());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        // Not waited for: the connections' own callbacks run here, and a test's end must not hang on one of them. For the same reason the
        // source is left to the collector.
        _ = _stop.CancelAsync();
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Note(ReceivedRequest request) => _received.Enqueue(request);

    /// <summary>Which attempt of a target this is, from 1.</summary>
    internal int CountAttempt(string target) => _attempts.AddOrUpdate(target, 1, (_, count) => count + 1);

    private static bool IsSidecars(string target) => target is "/dapr/config" or "/dapr/subscribe" or "/healthz";

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                socket.NoDelay = true;
                _ = new AppConnection(this, socket).ServeAsync(_stop.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}
