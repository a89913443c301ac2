namespace LlmDapr.Simulator.Chat;

/// <summary>One choice of an answer, before anything of it is sent.</summary>
/// <param name="Index">Its place.</param>
/// <param name="Pieces">Content, or a tool call's arguments, as a stream sends them.</param>
/// <param name="ToolName">The function that is called, null for content.</param>
/// <param name="FinishReason">Why it ended.</param>
/// <param name="Tokens">Completion tokens.</param>
internal sealed record ChatChoice(int Index, IReadOnlyList<string> Pieces, string? ToolName, string FinishReason, int Tokens)
{
    /// <summary>The whole content or the whole arguments.</summary>
    public string Text => string.Concat(Pieces);
}
