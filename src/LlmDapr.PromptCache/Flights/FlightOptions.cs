namespace LlmDapr.PromptCache.Flights;

/// <summary>Bounds of what calls that are shared may hold.</summary>
/// <param name="MaxAnswerBytes">The largest answer that is shared, bytes: it is held whole while it comes. A longer stream goes on, but nobody can join it.</param>
public sealed record FlightOptions(int MaxAnswerBytes);
