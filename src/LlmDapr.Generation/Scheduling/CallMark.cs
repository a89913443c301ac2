namespace LlmDapr.Generation.Scheduling;

/// <summary>What a limit has to know of a call.</summary>
/// <param name="Sequence">Its number at the target, in order of dispatch.</param>
/// <param name="Rank">How many calls were in flight at its dispatch, itself included.</param>
internal readonly record struct CallMark(long Sequence, int Rank);
