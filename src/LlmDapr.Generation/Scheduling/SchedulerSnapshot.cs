using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>A scheduler at one moment.</summary>
internal sealed record SchedulerSnapshot(IReadOnlyList<TargetSnapshot> Targets, IReadOnlyList<QueueSnapshot> Queues);

/// <summary>A target at one moment. What is not known is null.</summary>
internal sealed record TargetSnapshot(Target Target, double Limit, int InFlight, double? RequestsLeft, double? TokensLeft, TimeSpan Pause)
{
    public static TargetSnapshot Of(TargetState state, double now) => new(
        state.Target,
        state.Limit.Value,
        state.InFlight,
        state.Requests.IsKnown ? state.Requests.Left(now) : null,
        state.Tokens.IsKnown ? state.Tokens.Left(now) : null,
        TimeSpan.FromSeconds(Math.Max(0, state.PausedUntil - now)));
}

/// <summary>A class of a model's queue at one moment.</summary>
internal sealed record QueueSnapshot(string Model, PriorityClass Priority, int Length);
