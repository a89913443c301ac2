namespace LlmDapr.PromptCache.Answers;

/// <summary>
/// Puts a delta onto what came before, as the OpenAI SDKs do: strings grow, objects grow member by member, arrays grow, whose items may say by an
/// <c>index</c> which earlier item they continue; anything else is replaced, and <c>null</c> takes nothing away.
/// </summary>
internal static class DeltaMerge
{
    /// <summary>Strings that are said whole, and by some providers in each chunk.</summary>
    private static bool IsWhole(string name) => name is "id" or "type" or "role" or "format";

    /// <param name="into">What came before; changed. Null for nothing.</param>
    /// <param name="delta">What comes now; not used afterwards.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="growing">Whether strings grow, as those of a delta do.</param>
    public static AnswerNode Merge(AnswerNode? into, AnswerNode delta, string name, bool growing)
    {
        switch (into, delta)
        {
            case (null, _):
                return delta;

            case (_, AnswerNode.Literal { IsNull: true }):
                return into;

            case (AnswerNode.Text before, AnswerNode.Text now):
                return !growing ? now : IsWhole(name) ? (before.IsEmpty ? now : before) : Grown(before, now, name);

            case (AnswerNode.Object before, AnswerNode.Object now):
                foreach (var (member, value) in now.Members)
                {
                    before[member] = Merge(before[member], value, member, growing);
                }

                return before;

            case (AnswerNode.Array before, AnswerNode.Array now):
                Grow(before.Items, now.Items, growing);
                return before;

            default:
                return delta;
        }
    }

    private static AnswerNode.Text Grown(AnswerNode.Text before, AnswerNode.Text now, string name)
    {
        // A function's name is said once by most, in fragments by some, and by a few again and again.
        if (name != "name" || !before.Equals(now.Raw.Span))
        {
            before.Append(now.Raw.Span);
        }

        return before;
    }

    // Only what earlier chunks said is continued: two items of one chunk are two items.
    private static void Grow(List<AnswerNode> items, List<AnswerNode> more, bool growing)
    {
        var known = items.Count;
        foreach (var item in more)
        {
            var at = IndexOf(item) is { } index ? items.FindIndex(0, known, earlier => IndexOf(earlier) == index) : -1;
            if (at >= 0)
            {
                items[at] = Merge(items[at], item, string.Empty, growing);
            }
            else
            {
                items.Add(item);
            }
        }
    }

    /// <summary>The whole number that an item's <c>index</c> is; null when it has none.</summary>
    public static int? IndexOf(AnswerNode item) =>
        item is AnswerNode.Object { } members && members["index"] is AnswerNode.Literal number
        && System.Buffers.Text.Utf8Parser.TryParse(number.Raw, out int index, out var read) && read == number.Raw.Length
            ? index
            : null;
}
