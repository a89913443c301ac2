namespace LlmDapr.PromptCache.Entries;

/// <summary>A complete answer in its plain form; a stream is assembled into one before it is kept.</summary>
/// <param name="Status">The HTTP status. Only 200 is kept.</param>
/// <param name="Model">The model that the caller asked for.</param>
/// <param name="Target">Who answered, as <c>provider/model</c>; null when not known.</param>
/// <param name="Usage">What it cost.</param>
/// <param name="Body">The body's bytes, JSON. They must not change afterwards: the memory level keeps them as they are.</param>
public sealed record CacheAnswer(int Status, string Model, string? Target, TokenUsage Usage, ReadOnlyMemory<byte> Body);
