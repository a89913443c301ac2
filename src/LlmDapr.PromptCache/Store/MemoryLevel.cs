using BitFaster.Caching;
using BitFaster.Caching.Lru;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Keys;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache.Store;

/// <summary>
/// The answers of this process's memory, bounded by their bytes. BitFaster's LRU finds one without a lock or an allocation and does not let prompts that come once push out those that
/// are repeated; HybridCache and FusionCache bring their own second level, single flight and expiry, all of which live elsewhere here. Thread-safe.
/// </summary>
internal sealed class MemoryLevel
{
    // What an entry takes besides its body: the objects, their strings and the cache's own node.
    private const int Overhead = 512;
    private const int MinCapacity = 16;

    private readonly ConcurrentLru<CacheKey, CacheEntry>? _entries;
    private readonly long _limit;

    // Around all that changes, never around what reads: an update that meets a removal of the same entry is told of with the old value twice, and the bytes would
    // be wrong from then on.
    private readonly Lock _changing = new();
    private long _bytes;

    public MemoryLevel(IOptions<CacheOptions> options, CacheMetrics metrics)
    {
        _limit = options.Value.MemoryBytes;
        if (_limit == 0)
        {
            return;
        }

        // More entries than this cannot fit, since each takes its overhead; the bytes are watched below.
        _entries = new ConcurrentLru<CacheKey, CacheEntry>((int)Math.Clamp(_limit / (2 * Overhead), MinCapacity, 4_000_000));
        var events = _entries.Events.Value!;
        events.ItemRemoved += (_, removed) => Interlocked.Add(ref _bytes, -SizeOf(removed.Value!));
        events.ItemUpdated += (_, updated) => Interlocked.Add(ref _bytes, -SizeOf(updated.OldValue!));
        metrics.Observe(() => Bytes, () => _entries.Count);
    }

    /// <summary>Bytes that are taken.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public CacheEntry? Find(CacheKey key) => _entries is not null && _entries.TryGet(key, out var entry) ? entry : null;

    public void Set(CacheKey key, CacheEntry entry)
    {
        if (_entries is null || SizeOf(entry) > _limit)
        {
            return;
        }

        lock (_changing)
        {
            Interlocked.Add(ref _bytes, SizeOf(entry));
            _entries.AddOrUpdate(key, entry);
            while (Bytes > _limit && _entries.Count > 0)
            {
                _entries.Trim(Math.Max(1, _entries.Count / 64));
            }
        }
    }

    public void Remove(CacheKey key)
    {
        lock (_changing)
        {
            _entries?.TryRemove(key);
        }
    }

    private static long SizeOf(CacheEntry entry) => entry.Answer.Body.Length + Overhead;
}
