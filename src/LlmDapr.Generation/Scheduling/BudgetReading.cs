namespace LlmDapr.Generation.Scheduling;

/// <summary>What an answer's headers say of one budget; each part may be missing.</summary>
/// <param name="Limit">The most that may be used in a window.</param>
/// <param name="Remaining">What is left of it.</param>
/// <param name="Reset">Time until it is whole again.</param>
internal readonly record struct BudgetReading(double? Limit, double? Remaining, TimeSpan? Reset)
{
    public bool SaysNothing => Limit is null && Remaining is null;
}
