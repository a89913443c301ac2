using System.Diagnostics.CodeAnalysis;

namespace LlmDapr.Sidecar.Resiliency;

/// <summary>The breakers of one target, one a method path; the least recently used goes, with all that it knew, when there are too many. Thread-safe.</summary>
/// <param name="capacity">Greater than 0.</param>
internal sealed class BreakerCache(int capacity, Func<string, CircuitBreaker> create)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byMethod = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _newestFirst = new();

    public CircuitBreaker Get(string method)
    {
        lock (_lock)
        {
            if (_byMethod.TryGetValue(method, out var node))
            {
                if (node != _newestFirst.First)
                {
                    _newestFirst.Remove(node);
                    _newestFirst.AddFirst(node);
                }

                return node.Value.Breaker;
            }

            if (_byMethod.Count >= capacity && _newestFirst.Last is { } oldest)
            {
                _newestFirst.RemoveLast();
                _byMethod.Remove(oldest.Value.Method);
            }

            var entry = new Entry(method, create(method));
            _byMethod.Add(method, _newestFirst.AddFirst(entry));
            return entry.Breaker;
        }
    }

    [SuppressMessage("Design", "CA1024:Use properties where appropriate", Justification = "It copies.")]
    public IReadOnlyList<Entry> GetEntries()
    {
        lock (_lock)
        {
            return [.. _newestFirst];
        }
    }

    internal readonly record struct Entry(string Method, CircuitBreaker Breaker);
}
