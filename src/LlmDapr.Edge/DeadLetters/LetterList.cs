using LlmDapr.Jobs.DeadLetters;

namespace LlmDapr.Edge.DeadLetters;

/// <summary>The list of dead letters.</summary>
/// <param name="Object">Always <c>list</c>.</param>
/// <param name="Data">The letters, the newest first.</param>
public sealed record LetterList(string Object, IReadOnlyList<LetterSummary> Data);
