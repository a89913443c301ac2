using System.Globalization;
using System.Text;

namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Tells one choice: (1) the role, with everything of the message that is not said in pieces; (2) its texts, reasoning before content, each piece with
/// its part of the logprobs; (3) its tool calls; (4) its finish. Not thread-safe.
/// </summary>
internal sealed class ChoiceReplay
{
    private static readonly AnswerNode.Text EmptyText = new(default);

    private readonly AnswerNode.Object _choice;
    private readonly AnswerNode.Object _message;
    private readonly ChunkWriter _chunks;
    private readonly byte[] _index;
    private readonly AnswerNode? _logprobs;

    public ChoiceReplay(AnswerNode.Object choice, int place, ChunkWriter chunks)
    {
        (_choice, _message, _chunks, _logprobs) = (choice, (AnswerNode.Object)choice["message"]!, chunks, choice["logprobs"]);
        _index = Encoding.ASCII.GetBytes((DeltaMerge.IndexOf(choice) ?? place).ToString(CultureInfo.InvariantCulture));
    }

    public void Write()
    {
        // (1)
        Begin();
        var isFirst = true;
        foreach (var (name, value) in _message.Members.Where(member => IsOpening(member.Key, member.Value)))
        {
            _chunks.Write(isFirst ? ""u8 : ","u8);
            _chunks.WriteName(name);
            _chunks.Write(name == "content" && value is AnswerNode.Text ? EmptyText : value);
            isFirst = false;
        }

        End(null);

        // (2)
        var pieces = Pieces();
        for (var i = 0; i < pieces.Count; i++)
        {
            Begin();
            _chunks.WriteName(pieces[i].Name);
            _chunks.WriteText(pieces[i].Raw.Span);
            End(LogprobsOf(pieces, i));
        }

        // (3)
        if (_message["tool_calls"] is AnswerNode.Array calls)
        {
            for (var i = 0; i < calls.Items.Count; i++)
            {
                WriteToolCall(calls.Items[i], i);
            }
        }

        if (_message["function_call"] is AnswerNode.Object function)
        {
            WriteFunction(function, "\"function_call\":"u8, "\"function_call\":{"u8, "}"u8);
        }

        // (4)
        WriteFinish(saysLogprobs: !pieces.Exists(piece => piece.HasLogprobs));
    }

    private static bool IsOpening(string name, AnswerNode value) => (name, value) switch
    {
        ("role" or "content", _) => true,
        ("tool_calls", AnswerNode.Array calls) => calls.Items.Count == 0,
        ("function_call", AnswerNode.Object) => false,
        (_, AnswerNode.Text text) => text.IsEmpty || name is "id" or "type" or "format" or "name",
        _ => true,
    };

    private List<(string Name, ReadOnlyMemory<byte> Raw, bool HasLogprobs)> Pieces()
    {
        var pieces = new List<(string, ReadOnlyMemory<byte>, bool)>();
        foreach (var (name, value) in _message.Members.OrderBy(member => member.Key is "content" ? 1 : member.Key is "refusal" ? 2 : 0))
        {
            if (value is AnswerNode.Text text && (name == "content" || !IsOpening(name, value)))
            {
                pieces.AddRange(TextPieces.Cut(text.Raw).Select(piece => (name, piece, name is "content" or "refusal")));
            }
        }

        return pieces;
    }

    // The tokens are spread evenly: which of them make up which piece is not said.
    private AnswerNode.Object? LogprobsOf(List<(string Name, ReadOnlyMemory<byte> Raw, bool HasLogprobs)> pieces, int at)
    {
        if (_logprobs is not AnswerNode.Object all || !pieces[at].HasLogprobs)
        {
            return null;
        }

        var first = pieces.FindIndex(piece => piece.HasLogprobs);
        var part = new AnswerNode.Object();
        foreach (var (name, value) in all.Members)
        {
            if (name is "content" or "refusal" && value is AnswerNode.Array tokens)
            {
                part.Add(name, Share(tokens, at - first, pieces.Count - first));
            }
            else if (at == first || value is AnswerNode.Literal { IsNull: true })
            {
                part.Add(name, value);
            }
        }

        return part;
    }

    private static AnswerNode.Array Share(AnswerNode.Array all, int place, int places)
    {
        var share = new AnswerNode.Array();
        var (from, to) = (all.Items.Count * place / places, all.Items.Count * (place + 1) / places);
        share.Items.AddRange(all.Items.GetRange(from, to - from));
        return share;
    }

    private void WriteToolCall(AnswerNode item, int place)
    {
        var index = Encoding.ASCII.GetBytes(place.ToString(CultureInfo.InvariantCulture));
        byte[] opening = [.. "\"tool_calls\":[{\"index\":"u8, .. index];
        Begin();
        _chunks.Write(opening);
        var function = (item as AnswerNode.Object)?["function"] as AnswerNode.Object;
        foreach (var (name, value) in (item as AnswerNode.Object)?.Members ?? [])
        {
            if (name != "index")
            {
                _chunks.Write(","u8);
                _chunks.WriteName(name);
                _chunks.Write(ReferenceEquals(value, function) ? WithoutArguments(function) : value);
            }
        }

        _chunks.Write("}]"u8);
        End(null);
        WriteArguments(function, [.. opening, .. ",\"function\":{"u8], "}}]"u8);
    }

    private void WriteFunction(AnswerNode.Object function, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> argumentsOpening, ReadOnlySpan<byte> argumentsEnd)
    {
        Begin();
        _chunks.Write(opening);
        _chunks.Write(WithoutArguments(function));
        End(null);
        WriteArguments(function, argumentsOpening, argumentsEnd);
    }

    private void WriteArguments(AnswerNode.Object? function, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> end)
    {
        if (function?["arguments"] is not AnswerNode.Text arguments)
        {
            return;
        }

        foreach (var piece in TextPieces.Cut(arguments.Raw))
        {
            Begin();
            _chunks.Write(opening);
            _chunks.Write("\"arguments\":"u8);
            _chunks.WriteText(piece.Span);
            _chunks.Write(end);
            End(null);
        }
    }

    private static AnswerNode.Object WithoutArguments(AnswerNode.Object function)
    {
        var opening = new AnswerNode.Object();
        opening.Members.AddRange(function.Members.Select(member => member is { Key: "arguments", Value: AnswerNode.Text } ? new(member.Key, EmptyText) : member));
        return opening;
    }

    private void WriteFinish(bool saysLogprobs)
    {
        Begin();
        _chunks.Write("}"u8);
        if (_logprobs is not null)
        {
            _chunks.Write(",\"logprobs\":"u8);
            _chunks.Write(saysLogprobs ? _logprobs : AnswerNode.Literal.Null);
        }

        foreach (var (name, value) in _choice.Members)
        {
            if (name is not ("index" or "message" or "logprobs" or "finish_reason"))
            {
                _chunks.Write(","u8);
                _chunks.WriteName(name);
                _chunks.Write(value);
            }
        }

        _chunks.Write(",\"finish_reason\":"u8);
        _chunks.Write(_choice["finish_reason"] ?? AnswerNode.Literal.Null);
        _chunks.End();
    }

    private void Begin() => _chunks.Begin(_index);

    private void End(AnswerNode? logprobs)
    {
        _chunks.Write("}"u8);
        if (_logprobs is not null)
        {
            _chunks.Write(",\"logprobs\":"u8);
            _chunks.Write(logprobs ?? AnswerNode.Literal.Null);
        }

        _chunks.Write(",\"finish_reason\":null"u8);
        _chunks.End();
    }
}
