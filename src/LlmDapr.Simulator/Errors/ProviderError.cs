namespace LlmDapr.Simulator.Errors;

/// <summary>An answer that isn't a success, in OpenAI's words.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">What the caller reads.</param>
/// <param name="Type">OpenAI's <c>type</c>.</param>
/// <param name="Param">The field that is wrong, or null.</param>
/// <param name="Code">OpenAI's <c>code</c>, or null.</param>
internal sealed record ProviderError(int Status, string Message, string Type, string? Param, string? Code)
{
    /// <summary>When to come back: sent as <c>retry-after</c> and <c>retry-after-ms</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
