using LlmDapr.Contracts.Errors;

namespace LlmDapr.Generation.Streaming;

/// <summary>How a stream ended.</summary>
/// <param name="Fault">What was wrong; null when the answer is complete.</param>
/// <param name="Said">The provider's own error object, where it sent one.</param>
/// <param name="BeforeContent">Whether nothing of the answer had come that a caller could act on.</param>
internal sealed record ChatStreamEnd(ApiError? Fault, ReadOnlyMemory<byte>? Said = null, bool BeforeContent = false)
{
    public static readonly ChatStreamEnd Complete = new((ApiError?)null);
}
