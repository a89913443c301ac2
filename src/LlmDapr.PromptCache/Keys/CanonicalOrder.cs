namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// The second pass over a request: copies what the first wrote, the members of each object in the order of their names' bytes. What is in order already is
/// copied in one piece, and nothing twice, however deep it lies.
/// </summary>
internal readonly ref struct CanonicalOrder(ReadOnlySpan<byte> text, ReadOnlySpan<ObjectSpan> objects, ReadOnlySpan<MemberSpan> members)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly ReadOnlySpan<ObjectSpan> _objects = objects;
    private readonly ReadOnlySpan<MemberSpan> _members = members;

    /// <summary>Writes all. The output has room for as much as the text has.</summary>
    public void WriteTo(ref PooledBuffer<byte> output) => Write(0, _text.Length, 0, _objects.Length, ref output);

    private void Write(int from, int to, int firstObject, int endObject, ref PooledBuffer<byte> output)
    {
        for (var i = firstObject; i < endObject;)
        {
            ref readonly var next = ref _objects[i];
            if (next.MemberCount == 0)
            {
                i++;
                continue;
            }

            output.Add(_text[from..next.Start]);
            WriteMembers(in next, ref output);
            from = next.End;
            i = next.Next;
        }

        output.Add(_text[from..to]);
    }

    private void WriteMembers(ref readonly ObjectSpan span, ref PooledBuffer<byte> output)
    {
        output.Add(Tags.ObjectStart);
        foreach (ref readonly var member in _members.Slice(span.MembersFrom, span.MemberCount))
        {
            Write(member.Start, member.End, member.ObjectsFrom, member.ObjectsTo, ref output);
        }

        output.Add(Tags.ObjectEnd);
    }
}
