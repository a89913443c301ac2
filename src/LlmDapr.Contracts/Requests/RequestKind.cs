namespace LlmDapr.Contracts.Requests;

/// <summary>What a request asks for.</summary>
public enum RequestKind
{
    /// <summary><c>/v1/chat/completions</c>.</summary>
    ChatCompletion,

    /// <summary><c>/v1/embeddings</c>.</summary>
    Embeddings,
}
