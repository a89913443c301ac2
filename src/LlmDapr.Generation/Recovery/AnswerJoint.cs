using System.Text;

namespace LlmDapr.Generation.Recovery;

/// <summary>
/// Finds the place in a new answer from which on it follows what was said; words must be neither doubled nor missing, and where that is not certain, the
/// answers are different.
/// <para>An answer from the beginning must begin with exactly what was said.</para>
/// <para>
/// An answer that was asked to go on (assistant prefill) is, depending on the provider, the rest alone; the whole once more, since some put the prefill
/// before it; or a new answer, since to some an assistant message at the end is just a turn that is over. So its beginning is held back as long as it can
/// be found in what was said: a few words, as a rule. Then (1) if it repeats all that was said, or its last <see cref="Telling"/> characters or more, that
/// is left out, unless the text itself goes in circles there (a line of dashes, rows of a table), which a continuation may do, too; (2) if it begins
/// as the first answer began, for as long, but goes on in another way, it is a new answer; (3) anything else is the rest.
/// </para>
/// </summary>
/// <param name="said">What was said.</param>
/// <param name="prefilled">How much of it the provider was given to go on from; -1 when it was asked from the beginning.</param>
internal sealed class AnswerJoint(string said, int prefilled)
{
    /// <summary>So many characters are not said again by chance.</summary>
    public const int Telling = 32;

    private readonly StringBuilder _begun = new();
    private int _length;
    private int _foundAt;

    /// <summary>Characters of the new answer that were said already.</summary>
    public int Skip { get; private set; }

    /// <summary>Takes the next words of the new answer.</summary>
    /// <param name="words">The words.</param>
    /// <param name="last">Whether no more will come.</param>
    public JointState Add(string words, bool last)
    {
        if (prefilled < 0)
        {
            return AddFromBeginning(words, last);
        }

        _begun.Append(words);
        var begun = _begun.ToString();
        _foundAt = said.IndexOf(begun, _foundAt, StringComparison.Ordinal);
        if (_foundAt >= 0 && !last)
        {
            return JointState.Open;
        }

        return Decide(begun);
    }

    private JointState AddFromBeginning(string words, bool last)
    {
        var known = Math.Min(words.Length, said.Length - _length);
        if (!said.AsSpan(_length, known).SequenceEqual(words.AsSpan(0, known)))
        {
            return JointState.Different;
        }

        _length += words.Length;
        Skip = said.Length;
        return _length > said.Length || (last && _length == said.Length) ? JointState.Joined
            : last ? JointState.Different
            : JointState.Open;
    }

    private JointState Decide(ReadOnlySpan<char> begun)
    {
        var repeated = Repeated(begun);
        if (repeated > 0 && !GoesInCircles(begun[..repeated]))
        {
            Skip = repeated;
            return JointState.Joined;
        }

        if (repeated == said.Length || begun.CommonPrefixLength(said) >= Telling)
        {
            return JointState.Different;
        }

        // What was kept from the provider: spaces, which many do not take at the end of a message, and half a character, which nobody does.
        var kept = said.AsSpan(prefilled);
        Skip = begun.CommonPrefixLength(kept);
        return Skip == kept.Length || kept.IsWhiteSpace() ? JointState.Joined : JointState.Different;
    }

    // The longest beginning, if it is long enough, with which what was said ends.
    private int Repeated(ReadOnlySpan<char> begun)
    {
        for (var length = Math.Min(begun.Length, said.Length); length >= Telling; length--)
        {
            if (said.AsSpan().EndsWith(begun[..length], StringComparison.Ordinal))
            {
                return length;
            }
        }

        return 0;
    }

    private static bool GoesInCircles(ReadOnlySpan<char> text)
    {
        for (var period = 1; period <= text.Length / 2; period++)
        {
            if (text[period..].SequenceEqual(text[..^period]))
            {
                return true;
            }
        }

        return false;
    }
}
