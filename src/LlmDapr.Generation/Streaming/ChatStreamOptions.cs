namespace LlmDapr.Generation.Streaming;

/// <summary>What a stream's reader has to know of the request and the limits.</summary>
/// <param name="Choices">The request's <c>n</c>.</param>
/// <param name="HideUsage">Whether the usage chunk was asked for by us alone.</param>
/// <param name="MaxEventBytes">The largest event that is read, bytes.</param>
/// <param name="SilenceAfterFinish">How long <c>[DONE]</c> is waited for once every choice has ended.</param>
/// <param name="Error">Makes of an event with an error what the caller gets to see.</param>
internal sealed record ChatStreamOptions(
    int Choices,
    bool HideUsage,
    int MaxEventBytes,
    TimeSpan SilenceAfterFinish,
    Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Error);
