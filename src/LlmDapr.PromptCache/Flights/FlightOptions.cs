namespace LlmDapr.PromptCache.Flights;

/// <summary>Bounds of what calls that are shared may hold.</summary>
/// <param name="MaxAnswerBytes">The largest answer that is shared, bytes: it is held whole while it comes. A longer stream goes on, but nobody can join it.</param>
public sealed record FlightOptions(int MaxAnswerBytes)
{
    /// <summary>How long after its leader's deadline a call may still say so itself before it is given up. Default 2 s.</summary>
    public TimeSpan DeadlineGrace { get; init; } = TimeSpan.FromSeconds(2);
}
