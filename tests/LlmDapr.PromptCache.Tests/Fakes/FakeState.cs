using System.Globalization;
using Dapr.Client;

namespace LlmDapr.PromptCache.Tests.Fakes;

/// <summary>A state store in memory, shared by replicas: etags, first-write, time to live on the test's clock. Thread-safe.</summary>
internal sealed class FakeState(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _version;

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Keys.Where(key => Read(key).Bytes.Length > 0).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Bytes as anybody may put them there.</summary>
    public void Put(string key, ReadOnlyMemory<byte> bytes) => Write(key, bytes, null, null, new Dictionary<string, string>(StringComparer.Ordinal) { ["ttlInSeconds"] = "-1" });

    public (ReadOnlyMemory<byte> Bytes, string Etag) Read(string key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(key, out var entry) && (entry.Expires is not { } at || at > time.GetUtcNow()) ? (entry.Bytes, entry.Etag) : (default, "");
        }
    }

    public bool Write(string key, ReadOnlyMemory<byte> bytes, string? etag, StateOptions? options, IReadOnlyDictionary<string, string>? metadata)
    {
        lock (_lock)
        {
            var there = Read(key).Etag;
            if ((!string.IsNullOrEmpty(etag) && etag != there) || (string.IsNullOrEmpty(etag) && options?.Concurrency == ConcurrencyMode.FirstWrite && there.Length > 0))
            {
                return false;
            }

            // Every save names its time to live, or it keeps the old one on Redis.
            var ttl = int.Parse(metadata!["ttlInSeconds"], CultureInfo.InvariantCulture);
            _entries[key] = new Entry(bytes.ToArray(), (++_version).ToString(CultureInfo.InvariantCulture), ttl > 0 ? time.GetUtcNow().AddSeconds(ttl) : null);
            return true;
        }
    }

    public void Remove(string key)
    {
        lock (_lock)
        {
            _entries.Remove(key);
        }
    }

    private sealed record Entry(byte[] Bytes, string Etag, DateTimeOffset? Expires);
}
