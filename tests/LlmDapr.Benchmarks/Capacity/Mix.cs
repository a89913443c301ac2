namespace LlmDapr.Benchmarks.Capacity;

/// <summary>What is asked: its size decides which of the provider's limits is the one that counts.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="PromptTokens">Mean tokens of a prompt.</param>
/// <param name="CompletionTokens">Mean tokens of an answer.</param>
/// <param name="FirstToken">Mean time to the first token, seconds.</param>
/// <param name="PerToken">Mean time for each further token, seconds.</param>
internal sealed record Mix(string Name, double PromptTokens, double CompletionTokens, double FirstToken, double PerToken)
{
    /// <summary>40 places are full before the others run out.</summary>
    public static readonly Mix Concurrency = new("long answers", 100, 210, 0.8, 0.020);

    /// <summary>The tokens run out first.</summary>
    public static readonly Mix Tokens = new("long prompts", 400, 180, 0.8, 0.018);

    /// <summary>The requests run out first.</summary>
    public static readonly Mix Requests = new("short calls", 80, 80, 0.5, 0.020);

    /// <summary>All three are near their ends.</summary>
    public static readonly Mix Balanced = new("balanced", 155, 178, 0.8, 0.018);

    public static readonly IReadOnlyList<Mix> All = [Balanced, Concurrency, Tokens, Requests];

    /// <summary>Mean time of a call, seconds.</summary>
    public double Duration => FirstToken + (CompletionTokens * PerToken);

    /// <summary>Mean tokens of a call.</summary>
    public double TotalTokens => PromptTokens + CompletionTokens;
}
