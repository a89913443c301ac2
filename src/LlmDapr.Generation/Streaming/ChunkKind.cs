namespace LlmDapr.Generation.Streaming;

/// <summary>What an event of a chat stream is.</summary>
internal enum ChunkKind
{
    /// <summary>A chunk that shows a caller nothing yet, such as the one that only has a role.</summary>
    Opening,

    /// <summary>A chunk with words, a tool call, a finish or anything else of an answer.</summary>
    Content,

    /// <summary>The extra chunk with the usage and without choices.</summary>
    Usage,

    /// <summary>An <c>error</c> object inside a stream.</summary>
    Error,

    /// <summary><c>[DONE]</c>.</summary>
    Done,

    /// <summary>No chunk at all.</summary>
    Invalid,
}
