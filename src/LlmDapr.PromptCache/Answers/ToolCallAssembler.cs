namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Puts the tool calls of a choice together by their <c>index</c>, which is the stream's alone. Where a provider gives none, an id that is new begins a
/// call and anything else continues the last. Not thread-safe.
/// </summary>
internal sealed class ToolCallAssembler
{
    private readonly List<(int Index, AnswerNode.Object Call)> _calls = [];
    private bool _any;

    public void Take(AnswerNode.Array fragments)
    {
        _any = true;
        foreach (var fragment in fragments.Items.OfType<AnswerNode.Object>())
        {
            var at = Find(fragment, out var index);
            fragment["index"] = null;
            if (at >= 0)
            {
                DeltaMerge.Merge(_calls[at].Call, fragment, string.Empty, growing: true);
            }
            else
            {
                _calls.Add((index, fragment));
            }
        }
    }

    /// <summary>The calls in their order; null when the choice has none.</summary>
    public AnswerNode.Array? Finish()
    {
        if (!_any)
        {
            return null;
        }

        var calls = new AnswerNode.Array();
        calls.Items.AddRange(_calls.OrderBy(call => call.Index).Select(call => call.Call));
        return calls;
    }

    private int Find(AnswerNode.Object fragment, out int index)
    {
        if (DeltaMerge.IndexOf(fragment) is { } given)
        {
            index = given;
            return _calls.FindIndex(call => call.Index == given);
        }

        index = _calls.Count == 0 ? 0 : _calls.Max(call => call.Index) + 1;
        var isNew = _calls.Count == 0
            || (fragment["id"] is AnswerNode.Text { IsEmpty: false } id && !(_calls[^1].Call["id"] is AnswerNode.Text last && last.Equals(id.Raw.Span)));
        return isNew ? -1 : _calls.Count - 1;
    }
}
