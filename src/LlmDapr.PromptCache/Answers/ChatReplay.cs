using System.Buffers;

namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Tells a plain <c>chat.completion</c> as a stream: for each choice its role, its texts in pieces, its tool calls with their arguments in pieces, its
/// finish; then the usage where it was asked for; then <c>[DONE]</c>. Assembled, the stream is the same answer again.
/// </summary>
public static class ChatReplay
{
    /// <summary>Writes the stream; false, and nothing written, when the answer is no <c>chat.completion</c>.</summary>
    /// <param name="plain">The answer's bytes.</param>
    /// <param name="includeUsage"><c>stream_options.include_usage</c>: a chunk with the usage before the end, and <c>usage: null</c> in all others.</param>
    /// <param name="output">Where the events go.</param>
    public static bool TryWrite(ReadOnlyMemory<byte> plain, bool includeUsage, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (AnswerNode.TryParse(plain) is not AnswerNode.Object answer
            || answer["choices"] is not AnswerNode.Array { Items.Count: > 0 } choices
            || !choices.Items.TrueForAll(choice => choice is AnswerNode.Object members && members["message"] is AnswerNode.Object))
        {
            return false;
        }

        var chunks = new ChunkWriter(answer, includeUsage, output);
        for (var i = 0; i < choices.Items.Count; i++)
        {
            new ChoiceReplay((AnswerNode.Object)choices.Items[i], i, chunks).Write();
        }

        chunks.WriteEnd();
        return true;
    }
}
