using System.Text.Json.Serialization;
using LlmDapr.Contracts.Requests;

namespace LlmDapr.Jobs.Records;

/// <summary>
/// What is known of a job, as it lies in the state store under <c>job-&lt;id&gt;</c>. Immutable; it changes by <see cref="JobTransitions"/> and one compare-and-set
/// for each change. Small, since it is rewritten: a larger request or result has a key of its own.
/// </summary>
public sealed record JobRecord
{
    /// <summary>The version of this form.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The job's id: 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is. Nobody else sees it.</summary>
    public required string Tenant { get; init; }

    /// <summary>How it came in.</summary>
    public required JobOrigin Origin { get; init; }

    /// <summary>What it asks for.</summary>
    public required RequestKind Kind { get; init; }

    /// <summary>The model that it asks for; empty when the request could not be read.</summary>
    public required string Model { get; init; }

    /// <summary>One of <see cref="Contracts.Priorities"/>.</summary>
    public required string Priority { get; init; }

    /// <summary>What the caller asks of the prompt cache, as its <c>Cache-Control</c> would have it; null for nothing.</summary>
    public string? CacheControl { get; init; }

    /// <summary>For how many seconds the caller wants the answer kept, as <see cref="Contracts.HeaderNames.CacheTtl"/> would have it; null for nothing.</summary>
    public string? CacheTtl { get; init; }

    /// <summary>Where it stands.</summary>
    public JobStatus Status { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it began to wait, for the last time.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When its last run began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Runs that have begun. Each has a number of its own, under which it writes its result.</summary>
    public int Attempts { get; init; }

    /// <summary>Runs that ended in an error that another run may not meet, and were followed by one.</summary>
    public int Failures { get; init; }

    /// <summary>Runs whose worker died.</summary>
    public int Losses { get; init; }

    /// <summary>The worker that runs it, or that still owes the result event; null when nobody does.</summary>
    public string? Worker { get; init; }

    /// <summary>SHA-256 of the request's body, hexadecimal.</summary>
    public required string BodyHash { get; init; }

    /// <summary>Length of the request's body.</summary>
    public required int BodyLength { get; init; }

    /// <summary>The body when it is short and still needed; else it has a key of its own.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The last error of a run that was, or will be, repeated: OpenAI's error object as UTF-8 JSON.</summary>
    public byte[]? LastError { get; init; }

    /// <summary>What it came to; null until it has ended, and when it was cancelled.</summary>
    public JobOutcome? Outcome { get; init; }

    /// <summary>Where its result event goes; null when there is none.</summary>
    public JobReply? Reply { get; init; }

    /// <summary>Changes so far.</summary>
    public int Revision { get; init; }

    /// <summary>
    /// Drawn anew for each creation and each claim, so that a reader can tell its own writing, whose answer was lost, from another's that looks the same.
    /// </summary>
    public required string Mark { get; init; }

    /// <summary>Whether it has ended.</summary>
    [JsonIgnore]
    public bool IsFinished => Status is JobStatus.Succeeded or JobStatus.Failed or JobStatus.Cancelled;

    /// <summary>Whether its result event is still to be sent.</summary>
    [JsonIgnore]
    public bool IsReplyDue => IsFinished && Reply is { Sent: false };
}
