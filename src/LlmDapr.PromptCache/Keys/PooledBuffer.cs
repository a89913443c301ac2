using System.Buffers;

namespace LlmDapr.PromptCache.Keys;

/// <summary>An array that grows, borrowed from the shared pool until it is disposed.</summary>
internal ref struct PooledBuffer<T>(int capacity)
    where T : unmanaged
{
    private T[] _items = ArrayPool<T>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public readonly ReadOnlySpan<T> Written => _items.AsSpan(0, Count);

    public readonly ref T this[int index] => ref _items.AsSpan(0, Count)[index];

    /// <summary>The array itself, for what cannot hold a span. Of no use after the next addition.</summary>
    public readonly T[] Items => _items;

    /// <summary>The last ones, from this on.</summary>
    public readonly Span<T> From(int start) => _items.AsSpan(start, Count - start);

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow(1);
        }

        _items[Count++] = item;
    }

    public void Add(scoped ReadOnlySpan<T> items)
    {
        items.CopyTo(Reserve(items.Length));
        Count += items.Length;
    }

    /// <summary>Room for this many, to be followed by <see cref="Advance"/>.</summary>
    public Span<T> Reserve(int count)
    {
        if (_items.Length - Count < count)
        {
            Grow(count);
        }

        return _items.AsSpan(Count);
    }

    public void Advance(int count) => Count += count;

    /// <summary>Takes back what was added after the first <paramref name="count"/>.</summary>
    public void Truncate(int count) => Count = count;

    public readonly void Dispose() => ArrayPool<T>.Shared.Return(_items);

    private void Grow(int count)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(_items.Length * 2, Count + count));
        Written.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
