using System.Text;
using LlmDapr.Simulator.Behaviours;

namespace LlmDapr.Simulator.Answers;

/// <summary>
/// The text that the simulator answers, so that tests, the demo and benchmarks can tell a right answer from a wrong one.
/// It depends on the last user message and the choice's index alone: models differ in behaviour, never in text, and a longer
/// answer begins with the shorter one.
/// </summary>
public static class SimulatedAnswer
{
    /// <summary>Every so many words there is one that isn't ASCII.</summary>
    private const int ForeignEvery = 17;

    private const int SentenceLength = 11;

    /// <summary>The content of a choice.</summary>
    /// <param name="model">The model's name; read for its <c>words</c> option only, and only when <paramref name="words"/> is null. The simulator's configuration isn't known here.</param>
    /// <param name="messages">The conversation. When it ends in an assistant message, the text is what comes after it (prefill).</param>
    /// <param name="words">Length of the whole answer, null for what the model's name says (else 60; 20 for <c>sim-fast</c>).</param>
    /// <param name="choice">Index of the choice, from 0 (<c>n</c> above 1).</param>
    public static string TextFor(string model, IEnumerable<(string Role, string Text)> messages, int? words = null, int choice = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(messages);
        (string question, string? begun) = Conversation.Read(messages);
        return Continue(Words(question, words ?? WordsOf(model), choice), begun);
    }

    /// <summary>The stream's pieces of a text: one word each, with the space before it.</summary>
    public static IReadOnlyList<string> Pieces(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pieces = new List<string>(text.Length / 5);
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ' ' && text[i - 1] != ' '))
            {
                pieces.Add(text[start..i]);
                start = i;
            }
        }

        return pieces;
    }

    /// <summary>The whole text that answers a question.</summary>
    internal static string Words(string question, int words, int choice)
    {
        ulong seed = SplitMix.SeedOf(question) + (ulong)choice;
        var text = new StringBuilder(words * 6);
        for (int i = 0; i < words; i++)
        {
            ulong value = SplitMix.At(seed, (ulong)i);
            string[] vocabulary = i % ForeignEvery == 5 ? Vocabulary.Foreign : Vocabulary.Plain;
            string word = vocabulary[(int)(value % (ulong)vocabulary.Length)];
            if (i > 0)
            {
                text.Append(' ');
            }

            text.Append(i % SentenceLength == 0 ? char.ToUpperInvariant(word[0]) : word[0]).Append(word, 1, word.Length - 1);
            if (i % SentenceLength == SentenceLength - 1)
            {
                text.Append('.');
            }
        }

        return text.ToString();
    }

    /// <summary>What follows <paramref name="begun"/>: the text's rest where it begins so, else the words after as many words.</summary>
    internal static string Continue(string text, string? begun)
    {
        if (string.IsNullOrEmpty(begun))
        {
            return text;
        }

        if (text.StartsWith(begun, StringComparison.Ordinal))
        {
            return text[begun.Length..];
        }

        int said = begun.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return string.Concat(Pieces(text).Skip(said));
    }

    private static int WordsOf(string model)
    {
        int mark = model.IndexOf('?', StringComparison.Ordinal);
        string id = mark < 0 ? model : model[..mark];
        Behaviour start = ModelCatalog.BuiltInBehaviour(id);
        return mark >= 0 && BehaviourGrammar.TryApply(start, model[(mark + 1)..], out Behaviour? behaviour, out _) ? behaviour.Words : start.Words;
    }
}
