namespace LlmDapr.Jobs.Workers;

/// <summary>What a worker says of itself: that it lives, by a number that grows, and which jobs it has, or is about to claim.</summary>
/// <param name="Beat">Grows with every writing.</param>
/// <param name="Jobs">Ids of its jobs.</param>
/// <param name="Dead">Set by another worker: no claim can be added any more, and the jobs are taken up.</param>
internal sealed record WorkerState(long Beat, IReadOnlyList<string> Jobs, bool Dead = false);
