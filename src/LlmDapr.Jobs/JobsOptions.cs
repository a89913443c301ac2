using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs;

/// <summary>The configuration section <c>Jobs</c>. Both services read it: give both the same.</summary>
public sealed class JobsOptions
{
    /// <summary>The section's name.</summary>
    public const string SectionName = "Jobs";

    /// <summary>How long a worker may be silent before the others take up its jobs. Default 15 s, 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many runs of a job may end in an error of the provider's that another run may not meet; the last one's error is the job's. Default 3, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxAttempts { get; set; } = 3;

    /// <summary>How many workers may die while they run a job before it is given up: it may be what kills them. Default 10, 1 to 100.</summary>
    [Range(1, 100)]
    public int MaxLosses { get; set; } = 10;

    /// <summary>How long a finished job and its result are kept. Default 24 h, 1 min to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ResultTtl { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long an event that could not be worked on is kept. Default 7 days, 1 min to 90 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")]
    public TimeSpan DeadLetterTtl { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a job may wait and run in all; then it fails with its last error. Default 24 h, 1 min to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How long a message of the broker is held while no capacity is free; then it is refused and comes again. Default 15 s, 0 to 5 min. Below a third of the
    /// broker's <c>processingTimeout</c>, or the broker delivers it a second time meanwhile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan Hold { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a worker that is told to stop goes on with its jobs; what has not ended then is given back. Default 30 s, 0 to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The most jobs that a worker has at once, those that wait for their next try included. Default 256, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 256;

    /// <summary>The largest request body of a job, bytes. Default 3 MiB, up to 3.5 MiB: Dapr takes 4 MiB with all that goes around it.</summary>
    [Range(1024, 3_670_016)]
    public int MaxRequestBytes { get; set; } = 3 * 1024 * 1024;

    /// <summary>The largest result of a job, bytes; a larger one is a failure. Default 3 MiB, up to 3.5 MiB.</summary>
    [Range(1024, 3_670_016)]
    public int MaxResultBytes { get; set; } = 3 * 1024 * 1024;

    /// <summary>After this time a job that still waits is published again when its owner asks for it, lest its message be lost. Default 30 s, 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RepublishAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Topics that an event may name for its result, besides <see cref="Contracts.Topics.Results"/>. Default none. One that ends with <c>*</c> is a prefix.</summary>
    public IList<string> ReplyTopics { get; } = [];
}

/// <summary>Checks the attributes of <see cref="JobsOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class JobsOptionsValidator : IValidateOptions<JobsOptions>;

/// <summary>Checks what the attributes cannot.</summary>
internal sealed class JobsOptionsCrossValidator : IValidateOptions<JobsOptions>
{
    private static readonly string[] Own = [Contracts.Topics.Requests, Contracts.Topics.Jobs, Contracts.Topics.Dead];

    public ValidateOptionsResult Validate(string? name, JobsOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        foreach (var topic in options.ReplyTopics)
        {
            var bare = topic.TrimEnd('*');
            if (string.IsNullOrWhiteSpace(bare))
            {
                result.AddError($"Jobs:ReplyTopics has '{topic}', which would let events write anywhere: name a topic, or a prefix with * behind it.");
            }
            else if (Own.Any(own => topic.EndsWith('*') ? own.StartsWith(bare, StringComparison.Ordinal) : own == topic))
            {
                result.AddError($"Jobs:ReplyTopics has '{topic}', which includes a topic that this system reads itself ({string.Join(", ", Own)}): name another one.");
            }
        }

        return result.Build();
    }
}
