using System.Buffers.Binary;
using System.Text;

namespace LlmDapr.PromptCache.Entries;

/// <summary>Writes the fields of an entry one after the other.</summary>
internal ref struct EntryWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public void Bytes(scoped ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    public void Byte(byte value) => Take(1)[0] = value;

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), value);

    /// <summary>Text with its length in front; -1 for null.</summary>
    public void Text(string? value)
    {
        Int32(value is null ? -1 : Encoding.UTF8.GetByteCount(value));
        Written += Encoding.UTF8.GetBytes(value, _destination[Written..]);
    }

    private Span<byte> Take(int length)
    {
        var taken = _destination.Slice(Written, length);
        Written += length;
        return taken;
    }
}
