namespace LlmDapr.PromptCache.Entries;

/// <summary>What an answer cost, and so what each hit on it saves.</summary>
/// <param name="Input">Tokens of the prompt.</param>
/// <param name="Output">Tokens of the answer, 0 for embeddings.</param>
public readonly record struct TokenUsage(long Input, long Output)
{
    /// <summary>Both together.</summary>
    public long Total => Input + Output;
}
