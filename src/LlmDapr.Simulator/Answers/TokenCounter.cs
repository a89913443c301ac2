using Microsoft.ML.Tokenizers;

namespace LlmDapr.Simulator.Answers;

/// <summary>Counts tokens as <c>o200k_base</c> does. One for the process: the vocabulary has 200,000 entries.</summary>
public static class TokenCounter
{
    /// <summary>
    /// Characters of one kind in a row after which a text is cut for counting. The tokenizer's time grows with the square of a word's length, so that a
    /// prompt of a million letters would take minutes; no word is that long, and a cut is worth a token at most.
    /// </summary>
    private const int LongestRun = 256;

    private static readonly TiktokenTokenizer Tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    /// <summary>How many tokens a text has.</summary>
    public static int Count(string text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return 0;
        }

        var (count, from, run, kind) = (0, 0, 0, -1);
        for (int i = 0; i < text.Length; i++)
        {
            int kindHere = KindOf(text[i]);
            run = kindHere == kind ? run + 1 : 1;
            kind = kindHere;
            if (run > LongestRun && !char.IsLowSurrogate(text[i]))
            {
                count += Tokenizer.CountTokens(text.AsSpan(from, i - from));
                (from, run) = (i, 1);
            }
        }

        return count + Tokenizer.CountTokens(text.AsSpan(from));
    }

    /// <summary>The longest beginning of a text that has at most so many tokens, never half a character.</summary>
    internal static string Truncate(string text, int tokens)
    {
        int length = Tokenizer.GetIndexByTokenCount(text, tokens, out _, out _);
        if (length > 0 && length < text.Length && char.IsHighSurrogate(text[length - 1]))
        {
            length--;
        }

        return text[..length];
    }

    /// <summary>The text's tokens as strings. Tokens that are parts of one character become one entry.</summary>
    internal static IReadOnlyList<string> Split(string text)
    {
        var tokens = new List<string>();
        int end = 0;
        foreach (EncodedToken token in Tokenizer.EncodeToTokens(text, out _))
        {
            int tokenEnd = token.Offset.End.Value;
            if (tokenEnd > end && !(tokenEnd < text.Length && char.IsLowSurrogate(text[tokenEnd])))
            {
                tokens.Add(text[end..tokenEnd]);
                end = tokenEnd;
            }
        }

        if (end < text.Length)
        {
            tokens.Add(text[end..]);
        }

        return tokens;
    }

    private static int KindOf(char c) => char.IsWhiteSpace(c) ? 0 : char.IsLetterOrDigit(c) ? 1 : 2;
}
