using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Streaming;

namespace LlmDapr.Generation.Attempts;

/// <summary>What one call to a target came to. Whoever gets a stream disposes it.</summary>
internal abstract record Attempt(Target Target, IReadOnlyList<string[]> Headers)
{
    /// <summary>A whole answer, or the provider's own error.</summary>
    public sealed record Plain(Target Target, IReadOnlyList<string[]> Headers, int Status, ReadOnlyMemory<byte> Body) : Attempt(Target, Headers);

    /// <summary>A stream with its first words.</summary>
    public sealed record Streaming(Target Target, IReadOnlyList<string[]> Headers, IReadOnlyList<ReadOnlyMemory<byte>> First, ChatStream Rest) : Attempt(Target, Headers);

    /// <summary>No answer: the provider could not be reached, broke, or sent rubbish.</summary>
    public sealed record Failed(Target Target, Contracts.Errors.ApiError Error) : Attempt(Target, []);
}
