using System.Globalization;
using Dapr;
using Dapr.Client;
using Grpc.Core;
using LlmDapr.Contracts;

namespace LlmDapr.Jobs.Store;

/// <summary>
/// Bytes under keys, changed by compare-and-set, in a way that holds on every store: a key is created with first-write and changed by its etag from then on;
/// a refusal or a fault says nothing until a read has succeeded, since a store that is down answers "etag mismatch", and a connection may break after the
/// write. Every save names its time to live. Thread-safe.
/// </summary>
internal sealed class StateDocuments(DaprClient dapr, TimeProvider time)
{
    // A frozen Redis keeps daprd waiting for ten seconds; a frozen daprd would keep us for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong };
    private static readonly StateOptions Strong = new() { Consistency = ConsistencyMode.Strong };

    /// <summary>What lies under a key; null when nothing does.</summary>
    public Task<StateDocument?> ReadAsync(string key, CancellationToken cancellationToken) =>
        AskAsync<StateDocument?>(
            async token =>
            {
                var (bytes, etag) = await dapr.GetByteStateAndETagAsync(DaprComponents.StateStore, key, ConsistencyMode.Strong, cancellationToken: token);
                return bytes.IsEmpty ? null : new StateDocument(bytes, etag);
            },
            cancellationToken);

    /// <summary>What lies under each of these keys, as far as anything does.</summary>
    public Task<IReadOnlyDictionary<string, string>> ReadAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyDictionary<string, string>>(
            async token =>
            {
                var items = await dapr.GetBulkStateAsync(DaprComponents.StateStore, keys, parallelism: null, cancellationToken: token);
                return items.Where(item => !string.IsNullOrEmpty(item.Value)).DistinctBy(item => item.Key).ToDictionary(item => item.Key, item => item.Value, StringComparer.Ordinal);
            },
            cancellationToken);

    /// <summary>Creates a key. Null when it is created; else what lay there before.</summary>
    public async Task<StateDocument?> CreateAsync(string key, ReadOnlyMemory<byte> bytes, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        var fault = await TrySaveAsync(key, bytes, etag: string.Empty, ttl, cancellationToken);
        if (fault is null)
        {
            return null;
        }

        return await ReadAsync(key, cancellationToken) switch
        {
            null => throw new JobsUnavailableException("The state store did not take a new entry.", fault),
            { } there when there.Bytes.Span.SequenceEqual(bytes.Span) => null,
            { } there => there,
        };
    }

    /// <summary>Replaces what was read before. False when somebody else has changed it since.</summary>
    public async Task<bool> ReplaceAsync(string key, string etag, ReadOnlyMemory<byte> bytes, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        var fault = await TrySaveAsync(key, bytes, etag, ttl, cancellationToken);
        if (fault is null)
        {
            return true;
        }

        var now = await ReadAsync(key, cancellationToken);
        if (now is not null && now.ETag == etag)
        {
            throw new JobsUnavailableException("The state store did not take a change, although nobody else had made one.", fault);
        }

        return now is not null && now.Bytes.Span.SequenceEqual(bytes.Span);
    }

    /// <summary>Writes a key that only one writer ever writes, always with the same bytes.</summary>
    public Task SaveAsync(string key, ReadOnlyMemory<byte> bytes, TimeSpan? ttl, CancellationToken cancellationToken) =>
        AskAsync(
            async token =>
            {
                await dapr.SaveByteStateAsync(DaprComponents.StateStore, key, bytes, Strong, Ttl(ttl), token);
                return true;
            },
            cancellationToken);

    /// <summary>Deletes a key that nobody needs any more. Without an error when it fails: its time to live does it then.</summary>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            await AskAsync(
                async token =>
                {
                    await dapr.DeleteStateAsync(DaprComponents.StateStore, key, cancellationToken: token);
                    return true;
                },
                cancellationToken);
        }
        catch (JobsUnavailableException)
        {
        }
    }

    private static Dictionary<string, string> Ttl(TimeSpan? ttl) => new()
    {
        ["ttlInSeconds"] = ttl is { } time ? Math.Max(1, (long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : "-1",
    };

    // Null when it is written; else why that is not known.
    private async Task<Exception?> TrySaveAsync(string key, ReadOnlyMemory<byte> bytes, string etag, TimeSpan? ttl, CancellationToken cancellationToken)
    {
        try
        {
            return await AskAsync(token => dapr.TrySaveByteStateAsync(DaprComponents.StateStore, key, bytes, etag, FirstWrite, Ttl(ttl), token), cancellationToken)
                ? null
                : new InvalidOperationException("The state store says that the etag is another one.");
        }
        catch (JobsUnavailableException e)
        {
            return e;
        }
    }

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            return await ask(either.Token);
        }
        catch (Exception e) when (e is DaprException or RpcException or OperationCanceledException)
        {
            // The SDK wraps a cancellation like any other fault.
            cancellationToken.ThrowIfCancellationRequested();
            throw new JobsUnavailableException("The state store is out of reach.", e);
        }
    }
}
