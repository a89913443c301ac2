using LlmDapr.Contracts.Requests;

namespace LlmDapr.PromptCache.Keys;

/// <summary>
/// Top-level fields that do not change what a model answers, and so have no part in the key. Whatever is not listed has: a field that nobody here knows may change
/// everything, <c>service_tier</c> chooses who answers and stands in the answer, and <c>logprobs</c>, <c>n</c> and the like change what it holds.
/// </summary>
internal static class IgnoredFields
{
    public static bool Contains(RequestKind kind, ReadOnlySpan<byte> name) => kind == RequestKind.Embeddings
        ? name.SequenceEqual("user"u8)
        : name.Length switch
        {
            // How the answer is sent: a plain one is kept, and replayed in either way.
            6 => name.SequenceEqual("stream"u8),
            14 => name.SequenceEqual("stream_options"u8),

            // Whom the provider holds responsible, what it files and under which labels. The first is what its two successors below are, too.
            4 => name.SequenceEqual("user"u8),
            5 => name.SequenceEqual("store"u8),
            8 => name.SequenceEqual("metadata"u8),
            17 => name.SequenceEqual("safety_identifier"u8),

            // Which of the provider's machines has the prompt's beginning at hand, and how long: price and speed, never words.
            16 => name.SequenceEqual("prompt_cache_key"u8),
            22 => name.SequenceEqual("prompt_cache_retention"u8),
            _ => false,
        };
}
