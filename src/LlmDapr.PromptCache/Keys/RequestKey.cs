using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// A request's key: SHA-256 over the key's version, the kind of request, the cache space, the model's identity and a canonical form of the body, in which the
/// order of members and the spelling of numbers and strings do not show. Nothing is allocated but what few large objects need for their sorting.
/// </summary>
/// <param name="Key">The key.</param>
/// <param name="IsDeterministic">Whether the request asks for the same answer each time.</param>
internal readonly record struct RequestKey(CacheKey Key, bool IsDeterministic)
{
    // Another canonical form needs another version: a new replica must not find what an old one kept under other rules.
    private const byte Version = 1;

    /// <param name="kind">What the request asks for.</param>
    /// <param name="body">Its body: one JSON object in valid UTF-8, as <see cref="RequestEnvelope"/> has checked.</param>
    /// <param name="space">The cache space.</param>
    /// <param name="identity">The identity of what answers. The body's <c>model</c> is part of the key, too.</param>
    public static RequestKey Of(RequestKind kind, ReadOnlySpan<byte> body, string space, string identity)
    {
        var reader = new CanonicalReader(body, kind);
        try
        {
            reader.Text.Add(Version);
            reader.Text.Add((byte)kind);
            AddText(ref reader.Text, space);
            AddText(ref reader.Text, identity);
            reader.Read();
            return new RequestKey(Hash(in reader), reader.IsDeterministic);
        }
        finally
        {
            reader.Dispose();
        }
    }

    private static CacheKey Hash(ref readonly CanonicalReader reader)
    {
        Span<byte> hash = stackalloc byte[CacheKey.Size];
        if (!reader.IsUnsorted)
        {
            SHA256.HashData(reader.Text.Written, hash);
            return new CacheKey(hash);
        }

        var ordered = new PooledBuffer<byte>(reader.Text.Count);
        try
        {
            new CanonicalOrder(reader.Text.Written, reader.Objects.Written, reader.Members.Written).WriteTo(ref ordered);
            SHA256.HashData(ordered.Written, hash);
            return new CacheKey(hash);
        }
        finally
        {
            ordered.Dispose();
        }
    }

    // UTF-16 with its length: no two strings become one, whatever they hold.
    private static void AddText(ref PooledBuffer<byte> text, string value)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
        text.Add(length);
        text.Add(MemoryMarshal.AsBytes(value.AsSpan()));
    }
}
