using System.Globalization;
using System.Threading.Channels;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Store;

/// <summary>
/// Saves answers behind the callers' backs: packed, each with its time to live, a few at once. Bounded in number and bytes; what finds no room, or is refused by the store, is dropped and counted, since
/// the next request of its kind brings it again. When the process stops, what waits is saved first as far as five seconds allow. Thread-safe.
/// </summary>
internal sealed class StateWriter : BackgroundService
{
    // The development sidecar commits what waits together, and a Redis has it in one round trip: a few in parallel keep up with any provider.
    private const int Writers = 8;

    // A dead store must not hold up the process's end.
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(5);

    private readonly DaprClient _dapr;
    private readonly PurgeEpochs _epochs;
    private readonly StoreHealth _health;
    private readonly CacheMetrics _metrics;
    private readonly CacheOptions _options;
    private readonly TimeProvider _time;
    private readonly Channel<PendingWrite> _pending;
    private long _bytes;

    public StateWriter(DaprClient dapr, PurgeEpochs epochs, StoreHealth health, CacheMetrics metrics, IOptions<CacheOptions> options, TimeProvider time)
    {
        (_dapr, _epochs, _health, _metrics, _options, _time) = (dapr, epochs, health, metrics, options.Value, time);
        _pending = Channel.CreateBounded<PendingWrite>(_options.MaxPendingWrites);
    }

    /// <summary>Takes an entry, or drops it. Never waits.</summary>
    public void Add(PendingWrite write)
    {
        if (Interlocked.Add(ref _bytes, write.Bytes) > _options.MaxPendingBytes || !_pending.Writer.TryWrite(write))
        {
            Interlocked.Add(ref _bytes, -write.Bytes);
            _metrics.Dropped("queue_full");
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _pending.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(Drain, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => WriteAllAsync(stoppingToken)));

    private async Task WriteAllAsync(CancellationToken stoppingToken)
    {
        await foreach (var write in _pending.Reader.ReadAllAsync(stoppingToken))
        {
            await WriteAsync(write, stoppingToken);
            Interlocked.Add(ref _bytes, -write.Bytes);
        }
    }

    private async Task WriteAsync(PendingWrite write, CancellationToken stoppingToken)
    {
        var (plan, entry) = write;
        var left = entry.Created + entry.Ttl + entry.Stale - _time.GetUtcNow();
        if (left <= TimeSpan.Zero || _epochs.Current.IsVoid(entry.Epoch, plan.Key, plan.Model, plan.Tenant))
        {
            _metrics.Dropped(left <= TimeSpan.Zero ? "expired" : "purged");
            return;
        }

        using var timeout = new CancellationTokenSource(_options.WriteTimeout, _time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stoppingToken);
        try
        {
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["ttlInSeconds"] = ((long)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture),
            };
            await _dapr.SaveByteStateAsync(DaprComponents.StateStore, plan.Key.StateName, EntryCodec.Encode(plan.Key, entry), metadata: metadata, cancellationToken: bound.Token).WaitAsync(bound.Token);
            _metrics.Stored();
            _health.Answered();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            _metrics.Dropped("stopping");
        }
        catch (Exception e)
        {
            _health.Failed("write", e, _options.WriteTimeout, timeout.IsCancellationRequested);
            _metrics.Dropped("store_failed");
        }
    }
}
