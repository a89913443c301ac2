namespace LlmDapr.Generation.Scheduling;

/// <summary>A limit that somebody knows.</summary>
internal sealed class FixedLimit(int limit) : ConcurrencyLimit
{
    public override double Value { get; } = limit;
}
