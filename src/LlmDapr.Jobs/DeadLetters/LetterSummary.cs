namespace LlmDapr.Jobs.DeadLetters;

/// <summary>What the list of dead letters says of one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Topic">Where the event had come from.</param>
/// <param name="Code">What was wrong, for a program.</param>
/// <param name="Reason">What was wrong, for a person.</param>
/// <param name="DeadAt">When that was found.</param>
public sealed record LetterSummary(string Id, string Topic, string Code, string Reason, DateTimeOffset DeadAt);
