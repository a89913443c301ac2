using System.Threading.Channels;
using LlmDapr.Sidecar.AppHealth;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.PubSub.Delivery;

/// <summary>
/// The deliveries of one component to one app. All topics of the component share its concurrency, as in daprd. A message is taken only when a
/// place is free and the app is healthy, so that what waits here can still go to another sidecar of the app.
/// </summary>
internal sealed class ComponentDeliveries : IDisposable
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    private readonly string _component;
    private readonly SidecarInstance _sidecar;
    private readonly IReadOnlyList<Source> _sources;
    private readonly Deliverer _deliverer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly int _concurrency;
    private readonly SemaphoreSlim _places;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();

    // One token in it says: look again. It never holds more, so that a thousand publishes wake this once.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _pump = Task.CompletedTask;
    private int _next;
    private int _brokenOff;

    public ComponentDeliveries(
        string component, int concurrency, SidecarInstance sidecar, IReadOnlyList<Source> sources, Deliverer deliverer, TimeProvider time, ILogger logger)
    {
        (_component, _concurrency, _sidecar, _sources, _deliverer, _time, _logger) = (component, concurrency, sidecar, sources, deliverer, time, logger);
        _places = new SemaphoreSlim(concurrency);
    }

    /// <summary>Begins to take messages.</summary>
    public void Start()
    {
        foreach (var source in _sources)
        {
            source.Group.Listen(Wake);
        }

        _pump = PumpAsync();
    }

    /// <summary>Looks again whether there is something to take.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Takes nothing new, waits for what is in flight until <paramref name="limit"/>, breaks off the rest, and gives it back.</summary>
    public async Task StopAsync(CancellationToken limit)
    {
        await _stop.CancelAsync();
        await _pump;
        foreach (var source in _sources)
        {
            source.Group.Forget(Wake);
        }

        if (!await TryDrainAsync(limit))
        {
            await _abort.CancelAsync();
            await TryDrainAsync(CancellationToken.None);
            _logger.BrokenOff(_sidecar.AppId, _brokenOff);
        }
    }

    /// <summary>After <see cref="StopAsync"/>.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _abort.Dispose();
        _places.Dispose();
    }

    private async Task PumpAsync()
    {
        var stop = _stop.Token;
        var abort = _abort.Token;
        try
        {
            while (true)
            {
                await _places.WaitAsync(stop);
                try
                {
                    var (source, message) = await NextAsync(stop);
                    _ = RunAsync(source, message, stop, abort);
                }
                catch
                {
                    _places.Release();
                    throw;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The sidecar ends.
        }
    }

    private async Task<(Source Source, Message Message)> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            if (_sidecar.AppIsAway)
            {
                await AppStart.WaitForPortAsync(_sidecar.Options, _time, _logger, stop);
                _sidecar.AppIsAway = false;
            }

            try
            {
                // Each topic in turn, so that a long backlog in one does not keep the others waiting.
                for (var i = 0; i < _sources.Count && _sidecar.AppIsHealthy; i++)
                {
                    var source = _sources[_next];
                    _next = (_next + 1) % _sources.Count;
                    if (source.Group.TryTake() is { } message)
                    {
                        return (source, message);
                    }
                }
            }
            catch (StorageException failed)
            {
                _logger.ReadFailed(_sidecar.AppId, _component, failed.Message);
                await Task.Delay(AfterFault, _time, stop);
                continue;
            }

            await _wake.Reader.ReadAsync(stop);
        }
    }

    private async Task RunAsync(Source source, Message message, CancellationToken stop, CancellationToken abort)
    {
        // The pump's thread goes on to the next message.
        await Task.Yield();
        try
        {
            if (!await _deliverer.DeliverAsync(source, message, stop, abort) && abort.IsCancellationRequested)
            {
                Interlocked.Increment(ref _brokenOff);
            }
        }
        finally
        {
            _places.Release();
        }
    }

    // All places free = nothing in flight.
    private async Task<bool> TryDrainAsync(CancellationToken limit)
    {
        var taken = 0;
        try
        {
            for (; taken < _concurrency; taken++)
            {
                await _places.WaitAsync(limit);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            if (taken > 0)
            {
                _places.Release(taken);
            }

            return false;
        }
    }
}
