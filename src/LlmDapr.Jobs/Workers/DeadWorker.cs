namespace LlmDapr.Jobs.Workers;

/// <summary>A worker that is dead, and what it had.</summary>
internal sealed record DeadWorker(string Name, IReadOnlyList<string> Jobs);
