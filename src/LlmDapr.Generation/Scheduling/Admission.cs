using LlmDapr.Contracts.Errors;

namespace LlmDapr.Generation.Scheduling;

/// <summary>What became of the wish to call somebody.</summary>
internal abstract record Admission
{
    private Admission()
    {
    }

    /// <summary>A place, which whoever gets it disposes.</summary>
    public sealed record Granted(Slot Slot) : Admission;

    /// <summary>No place in time: 429 <c>rate_limit_exceeded</c> or 503 <c>overloaded</c>, with an honest <c>Retry-After</c>. Nothing was used up.</summary>
    public sealed record Refused(ApiError Error) : Admission;
}
