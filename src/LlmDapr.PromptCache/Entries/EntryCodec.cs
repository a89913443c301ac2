using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Entries;

/// <summary>
/// An entry as bytes in the state store: <code>"LDC" version | XXH64 of the rest | key | created, ttl, stale (ms) | epoch | status | usage | model, target | packing, length | body</code>
/// The checksum makes whatever was cut, changed or written by somebody else a miss, and the key in it an entry that came to lie under another key.
/// </summary>
internal static class EntryCodec
{
    private const byte Version = 1;
    private const byte Plain = 0;
    private const byte Brotli = 1;
    private const int ChecksumAt = 4;
    private const int RestAt = ChecksumAt + sizeof(long);
    private const int FixedLength = RestAt + CacheKey.Size + (4 * sizeof(long)) + sizeof(int) + (2 * sizeof(long)) + (2 * sizeof(int)) + 1 + sizeof(int);

    // Below it the unpacking costs a hit more than the bytes cost the way from the store: of 4 KB, a fifth of the whole request (benchmark cache-store).
    private const int MinPackable = 8192;

    // JSON is packed to a third or less at this level, in tens of microseconds for an answer of usual size; higher levels take ten times as long for a tenth less.
    private const int BrotliQuality = 4;
    private const int BrotliWindow = 18;

    // No entry is larger than a sidecar takes; a length that says otherwise is not to be believed.
    private const int MaxBody = 16 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "LDC"u8;

    /// <summary>The entry's bytes.</summary>
    public static byte[] Encode(CacheKey key, CacheEntry entry)
    {
        var answer = entry.Answer;
        var body = answer.Body.Span;
        var packed = ArrayPool<byte>.Shared.Rent(Math.Max(body.Length, 1));
        try
        {
            // An eighth less pays for the unpacking at each hit.
            var packedLength = 0;
            var isPacked = body.Length >= MinPackable && BrotliEncoder.TryCompress(body, packed.AsSpan(0, body.Length - (body.Length / 8)), out packedLength, BrotliQuality, BrotliWindow);
            var stored = isPacked ? packed.AsSpan(0, packedLength) : body;
            var bytes = new byte[FixedLength + Encoding.UTF8.GetByteCount(answer.Model) + Encoding.UTF8.GetByteCount(answer.Target ?? "") + stored.Length];
            var writer = new EntryWriter(bytes);
            writer.Bytes(Magic);
            writer.Byte(Version);
            writer.Int64(0);
            Span<byte> keyBytes = stackalloc byte[CacheKey.Size];
            key.CopyTo(keyBytes);
            writer.Bytes(keyBytes);
            writer.Int64(entry.Created.ToUnixTimeMilliseconds());
            writer.Int64((long)entry.Ttl.TotalMilliseconds);
            writer.Int64((long)entry.Stale.TotalMilliseconds);
            writer.Int64(entry.Epoch);
            writer.Int32(answer.Status);
            writer.Int64(answer.Usage.Input);
            writer.Int64(answer.Usage.Output);
            writer.Text(answer.Model);
            writer.Text(answer.Target);
            writer.Byte(isPacked ? Brotli : Plain);
            writer.Int32(body.Length);
            writer.Bytes(stored);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(ChecksumAt), XxHash64.HashToUInt64(bytes.AsSpan(RestAt)));
            return bytes;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed);
        }
    }

    /// <summary>The entry of these bytes; null when they are not a whole entry of this version under this key.</summary>
    public static CacheEntry? Decode(CacheKey key, ReadOnlySpan<byte> bytes)
    {
        var reader = new EntryReader(bytes);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic)
            || reader.Byte() != Version
            || (ulong)reader.Int64() is var checksum && (reader.IsBroken || checksum != XxHash64.HashToUInt64(reader.Rest)))
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[CacheKey.Size];
        key.CopyTo(expected);
        var isOurs = reader.Bytes(CacheKey.Size).SequenceEqual(expected);
        var (created, ttl, stale, epoch) = (reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64());
        var status = reader.Int32();
        var usage = new TokenUsage(reader.Int64(), reader.Int64());
        var (model, target) = (reader.Text(), reader.Text());
        var (packing, length) = (reader.Byte(), reader.Int32());
        if (reader.IsBroken || !isOurs || model is null || !IsTime(created) || !IsSpan(ttl) || !IsSpan(stale) || Unpack(packing, length, reader.Rest) is not { } body)
        {
            return null;
        }

        return new CacheEntry(
            new CacheAnswer(status, model, target, usage, body),
            DateTimeOffset.FromUnixTimeMilliseconds(created),
            TimeSpan.FromMilliseconds(ttl),
            TimeSpan.FromMilliseconds(stale),
            epoch);
    }

    private static byte[]? Unpack(byte packing, int length, ReadOnlySpan<byte> stored)
    {
        if (length is < 0 or > MaxBody)
        {
            return null;
        }

        if (packing == Plain)
        {
            return length == stored.Length ? stored.ToArray() : null;
        }

        if (packing != Brotli)
        {
            return null;
        }

        var body = new byte[length];
        return BrotliDecoder.TryDecompress(stored, body, out var written) && written == length ? body : null;
    }

    private static bool IsTime(long milliseconds) => milliseconds is >= 0 and < 253_402_300_800_000;

    private static bool IsSpan(long milliseconds) => milliseconds is >= 0 and < 100L * 365 * 24 * 3600 * 1000;
}
