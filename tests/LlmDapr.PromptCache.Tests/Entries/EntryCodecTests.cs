using System.Text;
using CsCheck;
using LlmDapr.Contracts.Requests;
using LlmDapr.PromptCache.Entries;
using LlmDapr.PromptCache.Keys;

namespace LlmDapr.PromptCache.Tests.Entries;

public sealed class EntryCodecTests
{
    private static readonly CacheKey Key = RequestKey.Of(RequestKind.ChatCompletion, "{}"u8, "t", "m").Key;
    private static readonly CacheKey OtherKey = RequestKey.Of(RequestKind.ChatCompletion, "{}"u8, "u", "m").Key;

    private static readonly Gen<CacheEntry> Entries = Gen.Select(
        Gen.OneOf(Gen.Byte.Array[0, 3000], Gen.Int[0, 200].Select(times => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"role":"assistant"},""", times))))),
        Gen.String[0, 40],
        Gen.OneOf(Gen.Const((string?)null), Gen.OneOf("", "p/m", "模/型")),
        Gen.Int[0, int.MaxValue],
        Gen.Long[0, 4_000_000_000_000],
        Gen.Long[0, long.MaxValue],
        (body, model, target, number, created, epoch) => new CacheEntry(
            new CacheAnswer(200, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(model)), target, new TokenUsage(number, epoch % 100), body),
            DateTimeOffset.FromUnixTimeMilliseconds(created),
            TimeSpan.FromMilliseconds(number),
            TimeSpan.FromMilliseconds(number / 2),
            epoch));

    [Fact]
    public void Decode_WhatEncodeWrote_IsTheSameEntry() => Entries.Sample(
        entry =>
        {
            var read = EntryCodec.Decode(Key, EntryCodec.Encode(Key, entry));
            return read is not null && read.Answer.Body.Span.SequenceEqual(entry.Answer.Body.Span) && (read with { Answer = read.Answer with { Body = entry.Answer.Body } }) == entry;
        },
        iter: 2000);

    [Fact]
    public void Decode_CutAnywhere_IsNothing() => Gen.Select(Entries, Gen.Double.Unit).Sample(
        (entry, part) =>
        {
            var bytes = EntryCodec.Encode(Key, entry);
            return EntryCodec.Decode(Key, bytes.AsSpan(0, (int)(bytes.Length * part))) is null;
        },
        iter: 2000);

    [Fact]
    public void Decode_OneByteChanged_IsNothing() => Gen.Select(Entries, Gen.Double.Unit, Gen.Byte[1, 255]).Sample(
        (entry, at, change) =>
        {
            var bytes = EntryCodec.Encode(Key, entry);
            bytes[(int)(bytes.Length * at)] ^= change;
            return EntryCodec.Decode(Key, bytes) is null;
        },
        iter: 2000);

    [Fact]
    public void Decode_ForeignBytes_IsNothing() => Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.Byte.Array[0, 300].Select(bytes => (byte[])[.. "LDC"u8, 1, .. bytes]),
        Gen.String.Select(Encoding.UTF8.GetBytes)).Sample(bytes => EntryCodec.Decode(Key, bytes) is null, iter: 20_000);

    [Fact]
    public void Decode_RightChecksumOverAnyRest_NeverThrows() => Gen.Select(Entries, Gen.Int, Gen.Int[0, 40]).Sample(
        (entry, seed, changes) =>
        {
            // What a defect or an attacker could write: everything but the checksum is wrong.
            var bytes = EntryCodec.Encode(Key, entry);
            var how = new Random(seed);
            for (var i = 0; i < changes; i++)
            {
                bytes[how.Next(12 + CacheKey.Size, Math.Min(bytes.Length, 160))] = (byte)how.Next(256);
            }

            BitConverter.TryWriteBytes(bytes.AsSpan(4), System.IO.Hashing.XxHash64.HashToUInt64(bytes.AsSpan(12)));
            EntryCodec.Decode(Key, bytes);
        },
        iter: 5000);

    [Fact]
    public void Decode_UnderAnotherKey_IsNothing() => Assert.Null(EntryCodec.Decode(OtherKey, EntryCodec.Encode(Key, EntryOf("x"))));

    [Fact]
    public void Decode_AnotherVersion_IsNothing()
    {
        var bytes = EntryCodec.Encode(Key, EntryOf("x"));
        bytes[3]++;
        Assert.Null(EntryCodec.Decode(Key, bytes));
    }

    [Fact]
    public void Encode_TextThatRepeats_IsPacked() => Assert.True(EntryCodec.Encode(Key, EntryOf(new string('a', 16_384))).Length < 400);

    // Unpacking would cost more than it saves.
    [Fact]
    public void Encode_ShortText_IsLeftAsItIs() => Assert.True(EntryCodec.Encode(Key, EntryOf(new string('a', 4096))).Length > 4096);

    [Fact]
    public void Encode_BytesThatDoNotRepeat_AreLeftAsTheyAre()
    {
        var noise = new byte[16_384];
        new Random(1).NextBytes(noise);
        var entry = EntryOf("") is var empty ? empty with { Answer = empty.Answer with { Body = noise } } : null!;
        var bytes = EntryCodec.Encode(Key, entry);
        Assert.Equal(noise, bytes[^16_384..]);
    }

    private static CacheEntry EntryOf(string body) =>
        new(new CacheAnswer(200, "m", null, new TokenUsage(1, 2), Encoding.UTF8.GetBytes(body)), DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), TimeSpan.Zero, 0);
}
