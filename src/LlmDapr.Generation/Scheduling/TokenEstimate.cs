namespace LlmDapr.Generation.Scheduling;

/// <summary>What a request is expected to cost.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Completion">The most tokens of the answer; null when the request sets no bound, and the target's average is taken.</param>
internal readonly record struct TokenEstimate(int Prompt, int? Completion)
{
    public int Total => Prompt + (Completion ?? 0);
}
