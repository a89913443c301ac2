using System.Globalization;
using System.Text;
using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace LlmDapr.Jobs.Tests.Fakes;

/// <summary>
/// A state store and a broker in memory, as Redis does it: etags, first-write, time to live on the test's clock. Thread-safe.
/// </summary>
internal sealed class FakeStore(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _state = new(StringComparer.Ordinal);
    private readonly List<Published> _published = [];
    private readonly List<(string Key, string Text)> _written = [];
    private long _version;

    /// <summary>Every value that was ever written, in order.</summary>
    public IReadOnlyList<(string Key, string Text)> Written
    {
        get
        {
            lock (_lock)
            {
                return [.. _written];
            }
        }
    }

    public IReadOnlyList<Published> Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _published];
            }
        }
    }

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _state.Where(entry => IsLive(entry.Value)).Select(entry => entry.Key).Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Saves that named no time to live: none may.</summary>
    public List<string> WithoutTtl { get; } = [];

    public string? TextOf(string key)
    {
        lock (_lock)
        {
            return _state.TryGetValue(key, out var entry) && IsLive(entry) ? Encoding.UTF8.GetString(entry.Bytes) : null;
        }
    }

    public void Remove(string key)
    {
        lock (_lock)
        {
            _state.Remove(key);
        }
    }

    public void ClearEvents()
    {
        lock (_lock)
        {
            _published.Clear();
        }
    }

    public (ReadOnlyMemory<byte> Bytes, string ETag) Read(string key)
    {
        lock (_lock)
        {
            return _state.TryGetValue(key, out var entry) && IsLive(entry) ? (entry.Bytes.ToArray(), entry.ETag) : (ReadOnlyMemory<byte>.Empty, "");
        }
    }

    public void Publish(Published published)
    {
        lock (_lock)
        {
            _published.Add(published);
        }
    }

    private bool IsLive(Entry entry) => entry.Until is not { } until || until > time.GetUtcNow();

    public bool Write(string key, ReadOnlyMemory<byte> bytes, string etag, StateOptions? options, IReadOnlyDictionary<string, string>? metadata)
    {
        lock (_lock)
        {
            if (metadata is null || !metadata.ContainsKey("ttlInSeconds"))
            {
                WithoutTtl.Add(key);
            }

            var there = _state.TryGetValue(key, out var entry) && IsLive(entry) ? entry : null;
            var isFirstWrite = options?.Concurrency == ConcurrencyMode.FirstWrite;
            if (etag.Length > 0 && there is not null && there.ETag != etag)
            {
                return false;
            }

            // Only a key that was written with first-write refuses, and it does so with an error and not with a conflict.
            if (etag.Length == 0 && there is { FirstWrite: true })
            {
                throw new DaprException("failed", new RpcException(new Status(StatusCode.Internal, $"failed to set key llmdapr||{key}")));
            }

            var ttl = metadata is not null && metadata.TryGetValue("ttlInSeconds", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
            var until = ttl > 0 ? time.GetUtcNow().AddSeconds(ttl) : ttl < 0 ? null : there?.Until;
            _state[key] = new Entry(bytes.ToArray(), (++_version).ToString(CultureInfo.InvariantCulture), until, isFirstWrite || there is { FirstWrite: true });
            _written.Add((key, Encoding.UTF8.GetString(bytes.Span)));
            return true;
        }
    }

    private sealed record Entry(byte[] Bytes, string ETag, DateTimeOffset? Until, bool FirstWrite);
}
