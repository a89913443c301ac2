using Microsoft.ML.Tokenizers;

namespace LlmDapr.Simulator.Answers;

/// <summary>Counts tokens as <c>o200k_base</c> does. One for the process: the vocabulary has 200,000 entries.</summary>
public static class TokenCounter
{
    private static readonly TiktokenTokenizer Tokenizer = TiktokenTokenizer.CreateForEncoding("o200k_base");

    /// <summary>How many tokens a text has.</summary>
    public static int Count(string text) => string.IsNullOrEmpty(text) ? 0 : Tokenizer.CountTokens(text);

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
}
