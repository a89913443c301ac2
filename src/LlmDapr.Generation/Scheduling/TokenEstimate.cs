namespace LlmDapr.Generation.Scheduling;

/// <summary>What a request is expected to cost.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Completion">Tokens of the answer; 0 when the request sets no bound, and the target's average is taken.</param>
internal readonly record struct TokenEstimate(int Prompt, int Completion)
{
    public int Total => Prompt + Completion;
}
