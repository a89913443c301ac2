using System.Diagnostics.Metrics;
using LlmDapr.PromptCache.Entries;

namespace LlmDapr.PromptCache;

/// <summary>The cache's instruments. Tags are bounded: levels and a few words.</summary>
internal sealed class CacheMetrics
{
    public const string MeterName = "LlmDapr.PromptCache";
    public const string HitsName = "llmdapr.cache.hits";
    public const string MissesName = "llmdapr.cache.misses";
    public const string CoalescedName = "llmdapr.cache.coalesced";
    public const string BypassedName = "llmdapr.cache.bypassed";
    public const string StoredName = "llmdapr.cache.stored";
    public const string DroppedName = "llmdapr.cache.dropped";
    public const string StoreErrorsName = "llmdapr.cache.store.errors";
    public const string SavedTokensName = "llmdapr.cache.saved_tokens";
    public const string MemoryBytesName = "llmdapr.cache.memory.bytes";
    public const string MemoryEntriesName = "llmdapr.cache.memory.entries";

    private readonly Meter _meter;
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _coalesced;
    private readonly Counter<long> _bypassed;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _storeErrors;
    private readonly Counter<long> _savedTokens;

    public CacheMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _hits = _meter.CreateCounter<long>(HitsName, "{request}", "Requests that a kept answer served, by level (memory, store) and whether it was past its ttl.");
        _misses = _meter.CreateCounter<long>(MissesName, "{request}", "Requests that no kept answer served.");
        _coalesced = _meter.CreateCounter<long>(CoalescedName, "{request}", "Requests that the call of an equal one, under way at the same time, has served.");
        _bypassed = _meter.CreateCounter<long>(BypassedName, "{request}", "Requests in which the cache had no part.");
        _stored = _meter.CreateCounter<long>(StoredName, "{answer}", "Answers that the state store has taken.");
        _dropped = _meter.CreateCounter<long>(DroppedName, "{answer}", "Answers that were not kept in the state store.");
        _storeErrors = _meter.CreateCounter<long>(StoreErrorsName, "{call}", "Calls of the state store that failed, or were not made because others had.");
        _savedTokens = _meter.CreateCounter<long>(SavedTokensName, "{token}", "Tokens that nobody had to pay for because an answer was there.");
    }

    /// <summary>Shows what memory holds.</summary>
    public void Observe(Func<long> bytes, Func<int> entries)
    {
        _meter.CreateObservableGauge(MemoryBytesName, bytes, "By", "What the answers in memory take.");
        _meter.CreateObservableGauge(MemoryEntriesName, entries, "{answer}", "Answers in memory.");
    }

    public void Hit(CacheLevel level, bool isStale, TokenUsage saved)
    {
        _hits.Add(1, new("level", level == CacheLevel.Memory ? "memory" : "store"), new("stale", isStale));
        Saved(saved);
    }

    /// <summary>Tokens that a hit, or a call that another caller pays for, has saved.</summary>
    public void Saved(TokenUsage usage)
    {
        _savedTokens.Add(usage.Input, new KeyValuePair<string, object?>("type", "input"));
        _savedTokens.Add(usage.Output, new KeyValuePair<string, object?>("type", "output"));
    }

    public void Coalesced(TokenUsage saved)
    {
        _coalesced.Add(1);
        Saved(saved);
    }

    public void Missed() => _misses.Add(1);

    public void Bypassed(string reason) => _bypassed.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void Stored() => _stored.Add(1);

    public void Dropped(string reason) => _dropped.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void StoreFailed(string operation, string reason) => _storeErrors.Add(1, new("operation", operation), new("reason", reason));
}
