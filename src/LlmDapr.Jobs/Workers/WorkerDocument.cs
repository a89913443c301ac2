using System.Text.Json;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Jobs.Workers;

/// <summary>
/// This worker's own document, under a name that is used once: nobody else changes it but to declare the worker dead, after which no change succeeds any
/// more. Many claims at once are one writing. Thread-safe.
/// </summary>
internal sealed class WorkerDocument(StateDocuments state, string name, string etag, TimeProvider time) : IDisposable
{
    // Should the declaration of death have expired, a store may let us write again: by then we have long given up.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();

    // How many want it: two messages of one job may be looked at together, and only one of them gets it.
    private readonly Dictionary<string, int> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _removed = new();
    private string _etag = etag;
    private long _beat;
    private long _writtenAt = time.GetTimestamp();
    private Task? _next;

    public string Name { get; } = name;

    /// <summary>Cancelled when others have taken this worker for dead: its jobs are not its own any more.</summary>
    public CancellationToken Removed => _removed.Token;

    /// <summary>Whether there is a job that a death of this worker would leave to the others.</summary>
    public bool HasJobs
    {
        get
        {
            lock (_lock)
            {
                return _jobs.Count > 0;
            }
        }
    }

    /// <summary>Makes it known that a job is about to be claimed. When it returns, a death of this worker cannot lose the job.</summary>
    /// <exception cref="JobsUnavailableException">It could not be written, or the worker has been removed.</exception>
    public async Task HoldAsync(string job)
    {
        Task writing;
        lock (_lock)
        {
            _jobs[job] = _jobs.GetValueOrDefault(job) + 1;
            writing = _next ??= WriteAsync();
        }

        try
        {
            await writing;
        }
        catch
        {
            Drop(job);
            throw;
        }
    }

    /// <summary>The job is somebody else's, or done with. Written with the next beat.</summary>
    public void Drop(string job)
    {
        lock (_lock)
        {
            if (_jobs.TryGetValue(job, out var wanted) && wanted > 1)
            {
                _jobs[job] = wanted - 1;
            }
            else
            {
                _jobs.Remove(job);
            }
        }
    }

    /// <summary>Says that the worker lives.</summary>
    public Task BeatAsync()
    {
        lock (_lock)
        {
            return _next ??= WriteAsync();
        }
    }

    /// <summary>
    /// Makes sure, after a claim, that the others had not given this worker up before: then nobody would watch over the job. Within this time of the last
    /// writing they cannot have.
    /// </summary>
    public Task ConfirmAsync(TimeSpan safe) => !_removed.IsCancellationRequested && time.GetElapsedTime(Volatile.Read(ref _writtenAt)) < safe ? Task.CompletedTask : BeatAsync();

    /// <summary>Others have removed it.</summary>
    public void Remove() => _removed.Cancel();

    public void Dispose()
    {
        _removed.Dispose();
        _writing.Dispose();
    }

    // Whoever comes while a writing is under way joins the next one, which begins when that one has ended.
    private async Task WriteAsync()
    {
        await Task.Yield();
        await _writing.WaitAsync();
        try
        {
            WorkerState next;
            lock (_lock)
            {
                _next = null;
                next = new WorkerState(++_beat, [.. _jobs.Keys]);
            }

            await WriteAsync(next);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task WriteAsync(WorkerState next)
    {
        if (_removed.IsCancellationRequested || time.GetElapsedTime(_writtenAt) > LongestSilence)
        {
            Remove();
            throw new JobsUnavailableException("This worker has been removed by the others.");
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(next, JobsJsonContext.Default.WorkerState);
        if (_etag.Length == 0)
        {
            // After the last writing the new etag could not be read.
            await ReadAgainAsync();
        }

        var begunAt = time.GetTimestamp();
        if (!await state.ReplaceAsync(JobKeys.Worker(Name), _etag, bytes, ttl: null, CancellationToken.None))
        {
            // A writing that was thought to have failed may have come through late.
            await ReadAgainAsync();
            begunAt = time.GetTimestamp();
            if (!await state.ReplaceAsync(JobKeys.Worker(Name), _etag, bytes, ttl: null, CancellationToken.None))
            {
                throw new JobsUnavailableException("This worker's document changes under its hands.");
            }
        }

        Volatile.Write(ref _writtenAt, begunAt);
        await ReadAgainAsync(afterWriting: true);
    }

    // A store does not tell the etag of what it has written.
    private async Task ReadAgainAsync(bool afterWriting = false)
    {
        _etag = string.Empty;
        try
        {
            var now = await state.ReadAsync(JobKeys.Worker(Name), CancellationToken.None);
            if (now is null || JsonSerializer.Deserialize(now.Bytes.Span, JobsJsonContext.Default.WorkerState) is not { Dead: false })
            {
                Remove();
                throw new JobsUnavailableException("This worker has been removed by the others.");
            }

            _etag = now.ETag;
        }
        catch (JobsUnavailableException) when (afterWriting && !_removed.IsCancellationRequested)
        {
        }
    }
}
