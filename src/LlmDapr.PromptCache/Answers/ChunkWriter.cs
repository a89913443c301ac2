using System.Buffers;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.PromptCache.Answers;

/// <summary>Writes chunks around deltas. What all chunks say alike is written once and copied. Not thread-safe.</summary>
internal sealed class ChunkWriter
{
    private readonly IBufferWriter<byte> _output;
    private readonly ReadOnlyMemory<byte> _opening;
    private readonly AnswerNode? _usage;
    private readonly bool _includeUsage;
    private ReadOnlyMemory<byte> _firstOnly;

    public ChunkWriter(AnswerNode.Object answer, bool includeUsage, IBufferWriter<byte> output)
    {
        (_output, _includeUsage, _usage) = (output, includeUsage, answer["usage"]);
        var (opening, firstOnly) = (new ArrayBufferWriter<byte>(256), new ArrayBufferWriter<byte>());
        opening.Write("data: {"u8);
        foreach (var (name, value) in answer.Members)
        {
            if (name is "id" or "created" or "model" or "system_fingerprint" or "service_tier")
            {
                WriteMember(opening, name, value);
            }
            else if (name is not ("object" or "choices" or "usage"))
            {
                WriteMember(firstOnly, name, value);
            }
        }

        opening.Write("\"object\":\"chat.completion.chunk\","u8);
        (_opening, _firstOnly) = (opening.WrittenMemory, firstOnly.WrittenMemory);
    }

    public void Begin(ReadOnlySpan<byte> index)
    {
        Open();
        _output.Write("\"choices\":[{\"index\":"u8);
        _output.Write(index);
        _output.Write(",\"delta\":{"u8);
    }

    public void Write(ReadOnlySpan<byte> text) => _output.Write(text);

    public void Write(AnswerNode node) => node.WriteTo(_output);

    public void WriteName(string name) => AnswerNode.Object.WriteName(_output, name);

    public void WriteText(ReadOnlySpan<byte> raw)
    {
        _output.Write("\""u8);
        _output.Write(raw);
        _output.Write("\""u8);
    }

    public void End() => _output.Write(_includeUsage ? "}],\"usage\":null}\n\n"u8 : "}]}\n\n"u8);

    public void WriteEnd()
    {
        if (_includeUsage && _usage is AnswerNode.Object usage)
        {
            Open();
            _output.Write("\"choices\":[],\"usage\":"u8);
            usage.WriteTo(_output);
            _output.Write("}\n\n"u8);
        }

        _output.Write(HopFormat.Done);
    }

    private static void WriteMember(ArrayBufferWriter<byte> output, string name, AnswerNode value)
    {
        AnswerNode.Object.WriteName(output, name);
        value.WriteTo(output);
        output.Write(","u8);
    }

    private void Open()
    {
        _output.Write(_opening.Span);
        _output.Write(_firstOnly.Span);
        _firstOnly = default;
    }
}
