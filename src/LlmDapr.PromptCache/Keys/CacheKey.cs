using System.Runtime.CompilerServices;

namespace LlmDapr.PromptCache.Keys;

/// <summary>The identity of a request for the cache: a SHA-256. Two requests share it only when the same answer may serve both. Immutable.</summary>
public readonly struct CacheKey : IEquatable<CacheKey>
{
    /// <summary>Bytes of a key.</summary>
    public const int Size = 32;

    private readonly Bytes _bytes;

    internal CacheKey(ReadOnlySpan<byte> hash)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(hash.Length, Size);
        hash.CopyTo(_bytes);
    }

    /// <summary>The name under which the state store keeps this request's answer.</summary>
    internal string StateName => $"cache-{this}";

    /// <summary>Reads a key as <see cref="ToString"/> writes it, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out CacheKey key)
    {
        Span<byte> hash = stackalloc byte[Size];
        var whole = text.Length == Size * 2 && Convert.FromHexString(text, hash, out _, out _) == System.Buffers.OperationStatus.Done;
        key = whole ? new CacheKey(hash) : default;
        return whole;
    }

    /// <summary>Compares two keys.</summary>
    public static bool operator ==(CacheKey left, CacheKey right) => left.Equals(right);

    /// <summary>Compares two keys.</summary>
    public static bool operator !=(CacheKey left, CacheKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(CacheKey other) => ((ReadOnlySpan<byte>)_bytes).SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CacheKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Unsafe.ReadUnaligned<int>(in _bytes[0]);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(_bytes);

    internal void CopyTo(Span<byte> destination) => ((ReadOnlySpan<byte>)_bytes).CopyTo(destination);

    [InlineArray(Size)]
    private struct Bytes
    {
        private byte _first;
    }
}
