namespace LlmDapr.Generation.Scheduling;

/// <summary>What became of a limit that a provider tells.</summary>
internal enum LimitChange
{
    None,
    Lowered,
    Raised,
}
