using Microsoft.ML.Tokenizers;

namespace LlmDapr.Generation.Recovery;

/// <summary>Estimates the tokens of words that no usage chunk reported, as <c>o200k_base</c> counts them. The vocabulary is loaded with the first call.</summary>
internal static class SaidTokens
{
    private static readonly Lazy<TiktokenTokenizer> Tokenizer = new(() => TiktokenTokenizer.CreateForEncoding("o200k_base"));

    public static int Count(string text) => text.Length == 0 ? 0 : Tokenizer.Value.CountTokens(text);
}
