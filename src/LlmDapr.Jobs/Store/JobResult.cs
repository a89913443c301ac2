namespace LlmDapr.Jobs.Store;

/// <summary>The answer, or the error in OpenAI's form, that a job came to.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The body's media type; JSON wherever the provider sends JSON.</param>
/// <param name="Body">The body, byte by byte as the provider sent it.</param>
public sealed record JobResult(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>How the prompt cache served it, one of <see cref="Contracts.CacheStatus"/>; null when it did not come so far.</summary>
    public string? Cache { get; init; }
}
