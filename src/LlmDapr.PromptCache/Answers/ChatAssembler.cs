using System.Buffers;

namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Makes the plain <c>chat.completion</c> of a finished stream: what the provider would have answered without <c>stream</c>. Fields that it does not know
/// are kept: those of a delta grow (<see cref="DeltaMerge"/>), those of a choice or of the chunk itself are taken as they were said last.
/// Source: OpenAI's API reference, and what its SDKs do with deltas. Not thread-safe.
/// </summary>
internal sealed class ChatAssembler
{
    private static readonly AnswerNode.Text Completion = new("chat.completion"u8.ToArray());

    private readonly AnswerNode.Object _top = new();
    private readonly SortedDictionary<int, ChoiceAssembler> _choices = [];
    private AnswerNode? _usage;
    private bool _isBroken;
    private bool _isDone;

    /// <summary>The plain answer of a whole stream; null when the stream is not one, or not whole.</summary>
    /// <param name="events">Texts of whole events, in order. They must not change.</param>
    public static byte[]? Assemble(IEnumerable<ReadOnlyMemory<byte>> events)
    {
        var assembler = new ChatAssembler();
        foreach (var text in events)
        {
            var rest = text;
            while (StreamEvents.TryTake(ref rest, out var whole))
            {
                assembler.Take(StreamEvents.DataOf(whole));
            }

            assembler._isBroken |= !rest.IsEmpty;
        }

        return assembler.Finish();
    }

    private void Take(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (_isDone || EventKinds.Of(data.Span) == EventKind.Error)
        {
            _isBroken = true;
        }
        else if (data.Span.SequenceEqual("[DONE]"u8))
        {
            _isDone = true;
        }
        else if (AnswerNode.TryParse(data) is AnswerNode.Object chunk)
        {
            TakeChunk(chunk);
        }
        else
        {
            _isBroken = true;
        }
    }

    private void TakeChunk(AnswerNode.Object chunk)
    {
        foreach (var (name, value) in chunk.Members)
        {
            switch (name)
            {
                case "choices":
                    TakeChoices(value);
                    break;

                case "usage":
                    _usage = value is AnswerNode.Object ? value : _usage;
                    break;

                // The padding is the stream's alone.
                case "object" or "obfuscation":
                    break;

                // All chunks say the same, but for one that some providers send ahead, with nothing in these.
                case "id" or "created" or "model":
                    _top[name] = _top[name] is { } before && !IsBlank(before) ? before : value;
                    break;

                default:
                    if (value is not AnswerNode.Literal { IsNull: true } || _top[name] is null)
                    {
                        _top[name] = value;
                    }

                    break;
            }
        }
    }

    private void TakeChoices(AnswerNode choices)
    {
        foreach (var item in (choices as AnswerNode.Array)?.Items ?? [])
        {
            if (item is not AnswerNode.Object choice)
            {
                _isBroken = true;
                continue;
            }

            var index = DeltaMerge.IndexOf(choice) ?? 0;
            if (!_choices.TryGetValue(index, out var assembler))
            {
                _choices.Add(index, assembler = new ChoiceAssembler());
            }

            assembler.Take(choice);
        }
    }

    private byte[]? Finish()
    {
        if (_isBroken || !_isDone || _choices.Count == 0 || !_choices.Values.All(choice => choice.IsFinished))
        {
            return null;
        }

        var plain = new AnswerNode.Object();
        Move("id", plain);
        plain.Add("object", Completion);
        Move("created", plain);
        Move("model", plain);
        var choices = new AnswerNode.Array();
        choices.Items.AddRange(_choices.Select(choice => choice.Value.Finish(choice.Key)));
        plain.Add("choices", choices);
        if (_usage is not null)
        {
            plain.Add("usage", _usage);
        }

        plain.Members.AddRange(_top.Members);
        var output = new ArrayBufferWriter<byte>(4096);
        plain.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }

    private static bool IsBlank(AnswerNode value) =>
        value is AnswerNode.Text { IsEmpty: true } || (value is AnswerNode.Literal literal && (literal.IsNull || literal.Raw.SequenceEqual("0"u8)));

    private void Move(string name, AnswerNode.Object to)
    {
        if (_top[name] is { } value)
        {
            to.Add(name, value);
            _top[name] = null;
        }
    }
}
