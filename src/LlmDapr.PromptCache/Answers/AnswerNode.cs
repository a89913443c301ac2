using System.Buffers;
using System.Text.Json;

namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// A JSON value as its own bytes: numbers keep their spelling and strings their escapes, so that a string that a provider cut in the middle of a surrogate
/// pair is whole again once its pieces are put together, and nothing is ever decoded. Not thread-safe.
/// </summary>
internal abstract class AnswerNode
{
    private const int MaxDepth = 256;

    /// <summary>Reads one value; null when the text is none. The node refers to the text, which must not change.</summary>
    public static AnswerNode? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            var node = Parse(ref reader, json);

            // Text behind the value throws here.
            return reader.Read() ? null : node;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The second is how Utf8JsonReader says that a name has half of a surrogate pair.
            return null;
        }
    }

    public abstract void WriteTo(IBufferWriter<byte> output);

    private static AnswerNode Parse(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var members = new Object();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    members.Add(name, Parse(ref reader, json));
                }

                return members;

            case JsonTokenType.StartArray:
                var items = new Array();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Items.Add(Parse(ref reader, json));
                }

                return items;

            case JsonTokenType.String:
                return new Text(json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));

            default:
                return new Literal(json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length));
        }
    }

    /// <summary>A string: its bytes between the quotes, escapes and all.</summary>
    internal sealed class Text(ReadOnlyMemory<byte> raw) : AnswerNode
    {
        private ReadOnlyMemory<byte> _raw = raw;
        private ArrayBufferWriter<byte>? _joined;

        public ReadOnlyMemory<byte> Raw => _joined?.WrittenMemory ?? _raw;

        public bool IsEmpty => Raw.IsEmpty;

        public bool Equals(ReadOnlySpan<byte> raw) => Raw.Span.SequenceEqual(raw);

        public void Append(ReadOnlySpan<byte> raw)
        {
            if (raw.IsEmpty)
            {
                return;
            }

            if (_joined is null)
            {
                _joined = new ArrayBufferWriter<byte>(Math.Max(256, (_raw.Length + raw.Length) * 2));
                _joined.Write(_raw.Span);
                _raw = default;
            }

            _joined.Write(raw);
        }

        public override void WriteTo(IBufferWriter<byte> output)
        {
            output.Write("\""u8);
            output.Write(Raw.Span);
            output.Write("\""u8);
        }
    }

    /// <summary>A number, <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    internal sealed class Literal(ReadOnlyMemory<byte> raw) : AnswerNode
    {
        public static readonly Literal Null = new("null"u8.ToArray());

        public ReadOnlySpan<byte> Raw => raw.Span;

        public bool IsNull => raw.Span.SequenceEqual("null"u8);

        public override void WriteTo(IBufferWriter<byte> output) => output.Write(raw.Span);
    }

    internal sealed class Array : AnswerNode
    {
        public List<AnswerNode> Items { get; } = [];

        public override void WriteTo(IBufferWriter<byte> output)
        {
            output.Write("["u8);
            for (var i = 0; i < Items.Count; i++)
            {
                output.Write(i == 0 ? ""u8 : ","u8);
                Items[i].WriteTo(output);
            }

            output.Write("]"u8);
        }
    }

    /// <summary>An object whose members keep their order.</summary>
    internal sealed class Object : AnswerNode
    {
        public List<KeyValuePair<string, AnswerNode>> Members { get; } = [];

        public AnswerNode? this[string name]
        {
            get
            {
                var at = IndexOf(name);
                return at < 0 ? null : Members[at].Value;
            }

            set
            {
                var at = IndexOf(name);
                if (value is null)
                {
                    Members.RemoveAll(member => member.Key == name);
                }
                else if (at < 0)
                {
                    Add(name, value);
                }
                else
                {
                    Members[at] = new(name, value);
                }
            }
        }

        public void Add(string name, AnswerNode value) => Members.Add(new(name, value));

        public override void WriteTo(IBufferWriter<byte> output)
        {
            output.Write("{"u8);
            var isFirst = true;
            foreach (var (name, value) in Members)
            {
                output.Write(isFirst ? ""u8 : ","u8);
                WriteName(output, name);
                value.WriteTo(output);
                isFirst = false;
            }

            output.Write("}"u8);
        }

        public static void WriteName(IBufferWriter<byte> output, string name)
        {
            output.Write("\""u8);
            output.Write(JsonEncodedText.Encode(name).EncodedUtf8Bytes);
            output.Write("\":"u8);
        }

        private int IndexOf(string name)
        {
            for (var i = 0; i < Members.Count; i++)
            {
                if (Members[i].Key == name)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
