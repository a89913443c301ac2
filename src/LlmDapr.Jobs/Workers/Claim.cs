using LlmDapr.Jobs.Records;

namespace LlmDapr.Jobs.Workers;

/// <summary>What became of the wish to take a job. In each case its message may be acknowledged.</summary>
public abstract record Claim
{
    private Claim()
    {
    }

    /// <summary>It is this worker's now, durably.</summary>
    public sealed record Taken(ClaimedJob Job) : Claim;

    /// <summary>Somebody has it, or had it: there is nothing to do.</summary>
    public sealed record NotNeeded(JobRecord Job) : Claim;

    /// <summary>There is no such job: its time to live is over, or it was not accepted in the end.</summary>
    public sealed record Missing : Claim
    {
        internal static readonly Missing Instance = new();
    }
}
