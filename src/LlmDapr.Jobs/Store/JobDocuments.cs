using System.Text;
using LlmDapr.Jobs.Records;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs.Store;

/// <summary>Jobs in the state store: record, request and result. Thread-safe.</summary>
internal sealed class JobDocuments(StateDocuments state, IOptions<JobsOptions> options)
{
    /// <summary>Up to this length, request and result lie in the record: one write less, and the record stays small.</summary>
    public const int InlineBytes = 4 * 1024;

    // One bulk answer has to stay below gRPC's 4 MiB: records with their short requests have 6 KiB at most.
    private const int BulkKeys = 128;
    private const int Tries = 100;

    // A result is written before the record that names it, and must not be gone before that one is.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly JobsOptions _options = options.Value;

    /// <summary>How long a live job's record and request are kept: it is ended before that.</summary>
    private TimeSpan LiveTtl => _options.MaxAge + _options.ResultTtl + Margin;

    public async Task<JobRecord?> ReadAsync(string id, CancellationToken cancellationToken) =>
        await state.ReadAsync(JobKeys.Record(id), cancellationToken) is { } found ? JobCodec.Read(found.Bytes.Span) : null;

    /// <summary>The records of these jobs, as far as there are any.</summary>
    public async Task<IReadOnlyList<JobRecord>> ReadAsync(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var jobs = new List<JobRecord>();
        foreach (var chunk in ids.Chunk(BulkKeys))
        {
            var found = await state.ReadAsync([.. chunk.Select(JobKeys.Record)], cancellationToken);
            jobs.AddRange(found.Values.Select(text => JobCodec.Read(Encoding.UTF8.GetBytes(text))).OfType<JobRecord>());
        }

        return jobs;
    }

    /// <summary>Creates a job with its request. Null when it is created; else the job that has this id already.</summary>
    public async Task<JobRecord?> CreateAsync(JobRecord job, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (body.Length <= InlineBytes)
        {
            job = job with { Body = body.ToArray() };
        }
        else
        {
            // Before the record, so that whoever sees that finds the request. The key has the body's hash: another body for the same job must not replace it.
            await state.SaveAsync(RequestKey(job), body, LiveTtl, cancellationToken);
        }

        var there = await state.CreateAsync(JobKeys.Record(job.Id), JobCodec.Write(job), job.IsFinished ? _options.ResultTtl : LiveTtl, cancellationToken);
        return there is null ? null : JobCodec.Read(there.Bytes.Span) ?? throw new JobsUnavailableException($"Job {job.Id} was written by another version of this program.");
    }

    /// <summary>
    /// Makes a change, on the newest record: reads, changes, compares and sets, again if somebody was faster. Gives the record as it is then, null when there
    /// is none, and whether this call has changed it.
    /// </summary>
    public async Task<(JobRecord? Job, bool Changed)> UpdateAsync(string id, Func<JobRecord, JobRecord?> change, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            if (await state.ReadAsync(JobKeys.Record(id), cancellationToken) is not { } found || JobCodec.Read(found.Bytes.Span) is not { } job)
            {
                return (null, false);
            }

            if (change(job) is not { } changed)
            {
                return (job, false);
            }

            if (await state.ReplaceAsync(JobKeys.Record(id), found.ETag, JobCodec.Write(changed), changed.IsFinished ? _options.ResultTtl : LiveTtl, cancellationToken))
            {
                return (changed, true);
            }
        }

        throw new JobsUnavailableException($"Job {id} is changed by others all the time.");
    }

    /// <summary>Takes a job away that was not accepted in the end.</summary>
    public async Task ForgetAsync(JobRecord job, CancellationToken cancellationToken)
    {
        await state.DeleteAsync(JobKeys.Record(job.Id), cancellationToken);
        await ForgetRequestAsync(job, cancellationToken);
    }

    /// <summary>The request's body; null when it is gone.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReadRequestAsync(JobRecord job, CancellationToken cancellationToken) =>
        job.Body is { } body ? body : (await state.ReadAsync(RequestKey(job), cancellationToken))?.Bytes;

    /// <summary>Takes a request away that nobody runs any more.</summary>
    public Task ForgetRequestAsync(JobRecord job, CancellationToken cancellationToken) =>
        job.BodyLength <= InlineBytes ? Task.CompletedTask : state.DeleteAsync(RequestKey(job), cancellationToken);

    /// <summary>Writes what a run has brought. It becomes the job's result only by the record's change.</summary>
    public async Task<JobOutcome> WriteResultAsync(string id, int attempt, JobResult result, string? target, CancellationToken cancellationToken)
    {
        if (result.Body.Length <= InlineBytes)
        {
            return new JobOutcome(result.Status, result.ContentType, result.Body.Length, attempt, target, result.Body.ToArray(), result.Cache);
        }

        await state.SaveAsync(JobKeys.Result(id, attempt), result.Body, _options.ResultTtl + Margin, cancellationToken);
        return new JobOutcome(result.Status, result.ContentType, result.Body.Length, attempt, target, null, result.Cache);
    }

    /// <summary>Takes a result away that did not become the job's.</summary>
    public Task ForgetResultAsync(string id, JobOutcome outcome, CancellationToken cancellationToken) =>
        outcome.Body is not null ? Task.CompletedTask : state.DeleteAsync(JobKeys.Result(id, outcome.Attempt), cancellationToken);

    public async Task<JobResult?> ReadResultAsync(JobRecord job, CancellationToken cancellationToken)
    {
        if (job.Outcome is not { } outcome)
        {
            return null;
        }

        if (outcome.Body is { } body)
        {
            return new JobResult(outcome.Status, outcome.ContentType, body) { Cache = outcome.Cache };
        }

        return await state.ReadAsync(JobKeys.Result(job.Id, outcome.Attempt), cancellationToken) is { } found
            ? new JobResult(outcome.Status, outcome.ContentType, found.Bytes) { Cache = outcome.Cache }
            : null;
    }

    private static string RequestKey(JobRecord job) => JobKeys.Request(job.Id, job.BodyHash);
}
