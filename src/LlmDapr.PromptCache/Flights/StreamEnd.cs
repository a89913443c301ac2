using LlmDapr.Contracts.Errors;

namespace LlmDapr.PromptCache.Flights;

/// <summary>How a shared stream ended.</summary>
/// <param name="Error">What was wrong; null when the answer is whole.</param>
/// <param name="IsTold">Whether the stream's last event says so itself.</param>
public sealed record StreamEnd(ApiError? Error, bool IsTold)
{
    internal static readonly StreamEnd Complete = new(null, IsTold: true);

    /// <summary>Whether the answer is whole.</summary>
    public bool IsComplete => Error is null;
}
