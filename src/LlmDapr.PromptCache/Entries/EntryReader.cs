using System.Buffers.Binary;
using System.Text;

namespace LlmDapr.PromptCache.Entries;

/// <summary>Reads what <see cref="EntryWriter"/> wrote. Where the bytes end too early it gives zeros and is <see cref="IsBroken"/> from then on.</summary>
internal ref struct EntryReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    public bool IsBroken { get; private set; }

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (IsBroken || length < 0 || length > _rest.Length)
        {
            IsBroken = true;
            return [];
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    public byte Byte() => Bytes(1) is [var value] ? value : (byte)0;

    public int Int32() => Bytes(sizeof(int)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long Int64() => Bytes(sizeof(long)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public string? Text() => Int32() is var length && length == -1 ? null : Encoding.UTF8.GetString(Bytes(length));
}
