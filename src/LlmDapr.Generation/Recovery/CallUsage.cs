using System.Globalization;
using System.Text;

namespace LlmDapr.Generation.Recovery;

/// <summary>
/// Adds the tokens of the calls that broke to the usage of the one that finished the answer, since the provider charges for all. What no usage chunk
/// reported is estimated: an answer by its words, a prompt by that of the last call, without the answer's beginning that was part of it.
/// </summary>
internal sealed class CallUsage
{
    private readonly List<Lost> _lost = [];

    /// <summary>Tokens of the prompt that are the answer's own beginning, in the call that runs.</summary>
    public int Prefill { get; set; }

    /// <summary>A call broke.</summary>
    /// <param name="words">What it had said.</param>
    /// <param name="reported">Its own usage, where it came to reporting it.</param>
    public void Break(string words, (int Prompt, int Completion)? reported) => _lost.Add(new Lost(Prefill, SaidTokens.Count(words), reported));

    /// <summary>Puts the sums into a chunk that has a usage.</summary>
    public void Add(in ChatChunk chunk, ByteEdits edits)
    {
        if (_lost.Count == 0 || chunk is not { PromptTokens: { } prompt, CompletionTokens: { } completion })
        {
            return;
        }

        var bare = Math.Max(0, prompt.Value - Prefill);
        var prompts = (long)prompt.Value + _lost.Sum(lost => (long)(lost.Reported?.Prompt ?? (bare + lost.Prefill)));
        var completions = (long)completion.Value + _lost.Sum(lost => (long)(lost.Reported?.Completion ?? lost.Said));
        edits.Replace(prompt.At, Digits(prompts));
        edits.Replace(completion.At, Digits(completions));
        if (chunk.TotalTokens is { } total)
        {
            edits.Replace(total.At, Digits(prompts + completions));
        }
    }

    private static byte[] Digits(long count) => Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture));

    private readonly record struct Lost(int Prefill, int Said, (int Prompt, int Completion)? Reported);
}
