using System.Text;

namespace LlmDapr.Generation.Recovery;

/// <summary>
/// The answer that follows one which broke. Until it is known to follow (<see cref="AnswerJoint"/>), nothing of it is given on; then its chunks become
/// chunks of the first: its <c>id</c> and <c>created</c>, no second role, no word twice, the usage of all calls. Every other byte is as it came. What
/// has no words, finish or usage is left out: it opens a stream, and this one is open. Not thread-safe.
/// </summary>
internal sealed class NextAnswer(ToldAnswer told, CallUsage usage, AnswerJoint joint)
{
    private readonly List<(ReadOnlyMemory<byte> Data, ChatChunk Chunk, string Words)> _held = [];
    private readonly StringBuilder _words = new();
    private int _skip;

    public JointState State { get; private set; }

    /// <summary>All that it has said, also what was said before.</summary>
    public string Words => _words.ToString();

    /// <summary>Takes a chunk and gives those that are to be sent, as they are to be sent and as they came.</summary>
    public IEnumerable<(byte[] Data, ChatChunk Raw)> Take(ReadOnlyMemory<byte> data)
    {
        var chunk = ChatChunk.Read(data.Span);
        var start = _words.Length;
        if (State == JointState.Open)
        {
            if (chunk.HasOther || (chunk.Content is { } begun && !JsonText.TryAppend(_words, data.Span[begun])))
            {
                State = JointState.Different;
                yield break;
            }

            var words = _words.ToString(start, _words.Length - start);
            if (words.Length == 0 && !chunk.Finished)
            {
                yield break;
            }

            _held.Add((data, chunk, words));
            State = joint.Add(words, chunk.Finished);
            if (State != JointState.Joined)
            {
                yield break;
            }

            _skip = joint.Skip;
            foreach (var held in _held)
            {
                if (Splice(held.Data.Span, held.Chunk, held.Words, isReadable: true) is { } spliced)
                {
                    yield return (spliced, held.Chunk);
                }
            }

            _held.Clear();
        }
        else if (State == JointState.Joined)
        {
            var isReadable = chunk.Content is not { } content || JsonText.TryAppend(_words, data.Span[content]);
            if (Splice(data.Span, chunk, _words.ToString(start, _words.Length - start), isReadable) is { } spliced)
            {
                yield return (spliced, chunk);
            }
        }
    }

    // Null when nothing of the chunk is to be sent.
    private byte[]? Splice(ReadOnlySpan<byte> data, in ChatChunk chunk, string words, bool isReadable)
    {
        var known = Math.Min(words.Length, _skip);
        _skip -= known;
        if (known == words.Length && !chunk.Finished && !chunk.IsUsage && !chunk.HasOther && isReadable)
        {
            return null;
        }

        var edits = new ByteEdits();
        if (chunk.Id is { } id && told.Id is { } firstId)
        {
            edits.Replace(id, firstId);
        }

        if (chunk.Created is { } created && told.Created is { } firstCreated)
        {
            edits.Replace(created, firstCreated);
        }

        if (chunk.Role is { } role && told.HasRole)
        {
            edits.Replace(role, default);
        }

        if (known > 0)
        {
            edits.Replace(chunk.Content!.Value, JsonText.Without(data[chunk.Content.Value], known));
        }

        usage.Add(chunk, edits);
        told.Observe(chunk, words.AsSpan(known), isReadable);
        return edits.Apply(data);
    }
}
