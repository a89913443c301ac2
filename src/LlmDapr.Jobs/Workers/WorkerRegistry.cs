using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;

namespace LlmDapr.Jobs.Workers;

/// <summary>The list of workers and their documents, as the store has them. Thread-safe.</summary>
internal sealed class WorkerRegistry(StateDocuments state, TimeProvider time)
{
    // Far longer than any worker is asleep and still thinks that it lives.
    private static readonly TimeSpan DeathIsKept = TimeSpan.FromDays(2);
    private const int Tries = 100;

    /// <summary>Registers a new worker. From here on the others watch it.</summary>
    public async Task<WorkerDocument> RegisterAsync(CancellationToken cancellationToken)
    {
        var name = Guid.NewGuid().ToString("N");
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new WorkerState(0, []), JobsJsonContext.Default.WorkerState);
        await state.CreateAsync(JobKeys.Worker(name), bytes, ttl: null, cancellationToken);
        var written = await state.ReadAsync(JobKeys.Worker(name), cancellationToken) ?? throw new JobsUnavailableException("The state store does not have what it was given.");
        await ChangeListAsync(list => list.Workers.Contains(name) ? null : new WorkerList([.. list.Workers, name]), cancellationToken);
        return new WorkerDocument(state, name, written.ETag, time);
    }

    /// <summary>Takes a worker without jobs off the list.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        await ChangeListAsync(list => list.Workers.Contains(name) ? new WorkerList([.. list.Workers.Where(worker => worker != name)]) : null, cancellationToken);
    }

    /// <summary>Takes this process's worker off the list, and its document away, which nobody asks for any more.</summary>
    public async Task LeaveAsync(string name, CancellationToken cancellationToken)
    {
        await RemoveAsync(name, cancellationToken);
        await state.DeleteAsync(JobKeys.Worker(name), cancellationToken);
    }

    /// <summary>The workers on the list.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) => Read(await state.ReadAsync(JobKeys.Workers, cancellationToken)).Workers;

    /// <summary>A worker's document; null when it has none.</summary>
    public async Task<(WorkerState State, string ETag)?> ReadAsync(string name, CancellationToken cancellationToken) =>
        await state.ReadAsync(JobKeys.Worker(name), cancellationToken) is { } found && Parse(found, JobKeys.Worker(name), JobsJsonContext.Default.WorkerState) is { } worker
            ? (worker, found.ETag)
            : null;

    /// <summary>Declares a worker dead, unless it has given a sign of life since it was read.</summary>
    public Task<bool> DeclareDeadAsync(string name, WorkerState last, string etag, CancellationToken cancellationToken) =>
        state.ReplaceAsync(JobKeys.Worker(name), etag, JsonSerializer.SerializeToUtf8Bytes(last with { Dead = true }, JobsJsonContext.Default.WorkerState), DeathIsKept, cancellationToken);

    private static WorkerList Read(StateDocument? document) =>
        document is null ? WorkerList.Empty : Parse(document, JobKeys.Workers, JobsJsonContext.Default.WorkerList) ?? WorkerList.Empty;

    // Somebody else has written there. To guess would be to forget workers and their jobs.
    private static T? Parse<T>(StateDocument document, string key, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(document.Bytes.Span, type);
        }
        catch (JsonException e)
        {
            throw new JobsUnavailableException($"What the state store has under {key} cannot be read: put back what was there, or delete the key with all workers stopped.", e);
        }
    }

    private async Task ChangeListAsync(Func<WorkerList, WorkerList?> change, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            var document = await state.ReadAsync(JobKeys.Workers, cancellationToken);
            if (change(Read(document)) is not { } changed)
            {
                return;
            }

            var bytes = JsonSerializer.SerializeToUtf8Bytes(changed, JobsJsonContext.Default.WorkerList);
            if (document is null
                ? await state.CreateAsync(JobKeys.Workers, bytes, ttl: null, cancellationToken) is null
                : await state.ReplaceAsync(JobKeys.Workers, document.ETag, bytes, ttl: null, cancellationToken))
            {
                return;
            }
        }

        throw new JobsUnavailableException("The list of workers is changed by others all the time.");
    }
}
