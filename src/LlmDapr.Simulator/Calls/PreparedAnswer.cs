namespace LlmDapr.Simulator.Calls;

/// <summary>A request that has been read and found right, with the answer it will get.</summary>
internal abstract class PreparedAnswer
{
    public abstract int PromptTokens { get; }

    public abstract int CompletionTokens { get; }

    /// <summary>What the request takes of a tokens-per-minute limit: prompt and, when given, <c>max_tokens</c>, else what the answer will have.</summary>
    public abstract int ReservedTokens { get; }

    public abstract Task WriteAsync(ProviderCall call);
}
