using System.Runtime.InteropServices;
using System.Text.Json;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// The first pass over a request: writes each value in its canonical form, in the order in which it came, and notes which objects have their members out
/// of order. Most have them in order or are small, so the second pass (<see cref="CanonicalOrder"/>) mostly copies long stretches. Members of one name all stay, in their order:
/// which of them counts is the provider's affair.
/// </summary>
internal ref struct CanonicalReader
{
    // As the envelope's reader, which has refused what is deeper.
    private const int MaxDepth = 256;

    // Few are sorted fastest by insertion; many must not cost their square.
    private const int InsertionLimit = 16;

    private readonly RequestKind _kind;
    private Utf8JsonReader _reader;
    private PooledBuffer<OpenObject> _open;
    private PooledBuffer<MemberSpan> _openMembers;
    private bool _isTemperatureSeen;
    private bool _isSeedSeen;
    private bool _isTemperatureZero;
    private bool _isSeedWhole;
    private bool _isRepeated;

    public CanonicalReader(ReadOnlySpan<byte> body, RequestKind kind)
    {
        _kind = kind;
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _open = new PooledBuffer<OpenObject>(64);
        _openMembers = new PooledBuffer<MemberSpan>(64);
        Text = new PooledBuffer<byte>(body.Length + (body.Length / 8) + 512);
        Objects = new PooledBuffer<ObjectSpan>(64);
        Members = new PooledBuffer<MemberSpan>(64);
    }

    /// <summary>What was written.</summary>
    public PooledBuffer<byte> Text;

    /// <summary>The objects, in the order of their beginnings.</summary>
    public PooledBuffer<ObjectSpan> Objects;

    /// <summary>The members of objects that the text does not have in order, sorted.</summary>
    public PooledBuffer<MemberSpan> Members;

    /// <summary>Whether any object is out of order.</summary>
    public readonly bool IsUnsorted => Members.Count > 0;

    /// <summary>Whether the request asks for the same answer each time: <c>temperature</c> 0 or a whole <c>seed</c>, each given once; and embeddings.</summary>
    public readonly bool IsDeterministic => _kind == RequestKind.Embeddings || (!_isRepeated && (_isTemperatureZero || _isSeedWhole));

    public void Read()
    {
        while (_reader.Read())
        {
            ReadToken();
        }
    }

    public readonly void Dispose()
    {
        _open.Dispose();
        _openMembers.Dispose();
        Text.Dispose();
        Objects.Dispose();
        Members.Dispose();
    }

    private void ReadToken()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                ReadName();
                return;
            case JsonTokenType.StartObject:
                _open.Add(new OpenObject { Index = Objects.Count, MembersFrom = _openMembers.Count });
                Objects.Add(new ObjectSpan { Start = Text.Count });
                Text.Add(Tags.ObjectStart);
                return;
            case JsonTokenType.StartArray:
                _open.Add(new OpenObject { Index = -1 });
                Text.Add(Tags.ArrayStart);
                return;
            case JsonTokenType.EndObject:
                Text.Add(Tags.ObjectEnd);
                CloseObject();
                break;
            case JsonTokenType.EndArray:
                Text.Add(Tags.ArrayEnd);
                _open.Truncate(_open.Count - 1);
                break;
            case JsonTokenType.String:
                Text.Add(Tags.Text);
                WriteText();
                break;
            case JsonTokenType.Number:
                Text.Advance(CanonicalNumber.Write(_reader.ValueSpan, Text.Reserve(CanonicalNumber.MaxLength(_reader.ValueSpan.Length))));
                break;
            default:
                Text.Add(_reader.TokenType switch { JsonTokenType.True => Tags.True, JsonTokenType.False => Tags.False, _ => Tags.Null });
                break;
        }

        EndValue();
    }

    private int WriteText()
    {
        var value = _reader.ValueSpan;
        var length = value.Length;
        if (_reader.ValueIsEscaped)
        {
            length = CanonicalString.Unescape(value, Text.Reserve(length));
            Text.Advance(length);
        }
        else
        {
            Text.Add(value);
        }

        Text.Add(Tags.End);
        return length;
    }

    private void ReadName()
    {
        var start = Text.Count;
        Text.Add(Tags.Name);
        var length = WriteText();
        ref var owner = ref _open[_open.Count - 1];
        var name = NameAt(start, length);
        if (_open.Count == 1)
        {
            if (IgnoredFields.Contains(_kind, name))
            {
                _reader.Skip();
                Text.Truncate(start);
                return;
            }

            _isRepeated |= (_isTemperatureSeen && IsTemperature(name)) || (_isSeedSeen && IsSeed(name));
            _isTemperatureSeen |= IsTemperature(name);
            _isSeedSeen |= IsSeed(name);
        }

        if (_openMembers.Count > owner.MembersFrom)
        {
            ref var previous = ref _openMembers[_openMembers.Count - 1];
            owner.IsUnsorted |= NameAt(previous.Start, previous.NameLength).SequenceCompareTo(name) > 0;
        }

        _openMembers.Add(new MemberSpan { Start = start, NameLength = length, ObjectsFrom = Objects.Count });
    }

    private void EndValue()
    {
        if (_open.Count == 0 || _open[_open.Count - 1].Index < 0)
        {
            return;
        }

        ref var member = ref _openMembers[_openMembers.Count - 1];
        member.End = Text.Count;
        member.ObjectsTo = Objects.Count;
        if (_open.Count == 1)
        {
            var name = NameAt(member.Start, member.NameLength);
            var value = Text.Written[(member.Start + member.NameLength + 2)..];
            _isTemperatureZero |= IsTemperature(name) && value is [Tags.Number, (byte)'0', Tags.End];
            _isSeedWhole |= IsSeed(name) && value[0] == Tags.Number && value.IndexOf("e-"u8) < 0;
        }
    }

    private void CloseObject()
    {
        var closed = _open[_open.Count - 1];
        ref var span = ref Objects[closed.Index];
        span.End = Text.Count;
        span.Next = Objects.Count;
        if (closed.IsUnsorted)
        {
            var members = _openMembers.From(closed.MembersFrom);
            Sort(members);
            span.MembersFrom = Members.Count;
            span.MemberCount = members.Length;
            Members.Add(members);
        }

        _openMembers.Truncate(closed.MembersFrom);
        _open.Truncate(_open.Count - 1);
    }

    private readonly void Sort(Span<MemberSpan> members)
    {
        if (members.Length > InsertionLimit)
        {
            var text = Text.Items;
            members.Sort((left, right) => Compare(text, left, right));
            return;
        }

        for (var i = 1; i < members.Length; i++)
        {
            var member = members[i];
            var place = i;
            for (; place > 0 && Compare(Text.Written, members[place - 1], member) > 0; place--)
            {
                members[place] = members[place - 1];
            }

            members[place] = member;
        }
    }

    private static int Compare(ReadOnlySpan<byte> text, in MemberSpan left, in MemberSpan right)
    {
        var order = text.Slice(left.Start + 1, left.NameLength).SequenceCompareTo(text.Slice(right.Start + 1, right.NameLength));
        return order != 0 ? order : left.Start.CompareTo(right.Start);
    }

    private readonly ReadOnlySpan<byte> NameAt(int start, int length) => Text.Written.Slice(start + 1, length);

    private static bool IsTemperature(ReadOnlySpan<byte> name) => name.SequenceEqual("temperature"u8);

    private static bool IsSeed(ReadOnlySpan<byte> name) => name.SequenceEqual("seed"u8);
}
