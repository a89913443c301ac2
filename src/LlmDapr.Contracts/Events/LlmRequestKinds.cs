using LlmDapr.Contracts.Requests;

namespace LlmDapr.Contracts.Events;

/// <summary>Values of <see cref="LlmRequest.Kind"/>.</summary>
public static class LlmRequestKinds
{
    /// <summary>A chat completion.</summary>
    public const string ChatCompletions = "chat.completions";

    /// <summary>Embeddings.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>The kind of this name, null when there is none.</summary>
    public static RequestKind? Parse(string? kind) => kind switch
    {
        null or ChatCompletions => RequestKind.ChatCompletion,
        Embeddings => RequestKind.Embeddings,
        _ => null,
    };
}
