using LlmDapr.Jobs.Records;

namespace LlmDapr.Jobs.Store;

/// <summary>What became of the wish to have a job.</summary>
public abstract record Submission
{
    private Submission()
    {
    }

    /// <summary>A new job: record and message are durable. 202.</summary>
    public sealed record Created(JobRecord Job) : Submission;

    /// <summary>The same key and the same body as before: the same job, perhaps finished already. 202, too.</summary>
    public sealed record Existing(JobRecord Job) : Submission;

    /// <summary>The key was used for another body: 409.</summary>
    public sealed record Conflict(string Id) : Submission;

    /// <summary>The body is larger than a job's may be (bytes): 413.</summary>
    public sealed record TooLarge(int Limit) : Submission;
}
