namespace LlmDapr.Jobs.Workers;

/// <summary>What a worker says of itself: that it lives, by a number that grows, and which jobs it has, or is about to claim.</summary>
internal sealed record WorkerState(long Beat, IReadOnlyList<string> Jobs);
