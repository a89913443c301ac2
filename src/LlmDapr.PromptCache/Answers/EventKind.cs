namespace LlmDapr.PromptCache.Answers;

/// <summary>What an event of a chat stream means to those who follow it.</summary>
internal enum EventKind
{
    /// <summary>A part of the answer, or a comment.</summary>
    Part,

    /// <summary>The extra chunk that has the usage and no choices: only for those who asked for it.</summary>
    Usage,

    /// <summary><c>[DONE]</c>: the answer is whole.</summary>
    Done,

    /// <summary>An error object: the answer will not be whole.</summary>
    Error,
}
