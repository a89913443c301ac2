using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.State;

/// <summary>
/// One state component as one app sees it, for both APIs: the app's keys are prefixed here, and the component's resiliency is around each
/// call. Stores of the same name share their keys across the sidecars of the process, as far as their prefixes are the same. Thread-safe.
/// </summary>
/// <param name="component">What the resource files say of it.</param>
/// <param name="database">Where it keeps everything.</param>
/// <param name="policy">The component's outbound resiliency; null = none.</param>
/// <param name="time">The clock of TTLs.</param>
internal sealed class StateStore(StateComponent component, Database database, InvocationPolicy? policy, TimeProvider time)
{
    /// <summary>The component's name.</summary>
    public string Name => component.Name;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Reads a key, on the caller's own thread where no policy is in between. The value is null when it is missing.</summary>
    public ValueTask<StateResult<StateEntry?>> GetAsync(string key, CancellationToken cancel)
    {
        if (IsIllegal(key))
        {
            return ValueTask.FromResult(new StateResult<StateEntry?>(null, StateError.Illegal(key)));
        }

        return policy is null ? ValueTask.FromResult(Get(key)) : GuardedAsync(() => ValueTask.FromResult(Get(key)), result => result.Error, error => new(null, error), cancel);
    }

    /// <summary>
    /// Reads many keys, all at the same moment. Those found come first, in the order of their keys, then those missing as they were asked for;
    /// each key once. A store that cannot be read is an error of each item; the result's own error is an illegal key.
    /// </summary>
    public ValueTask<StateResult<IReadOnlyList<StateBulkItem>>> BulkGetAsync(IReadOnlyList<string> keys, CancellationToken cancel)
    {
        if (keys.FirstOrDefault(IsIllegal) is { } illegal)
        {
            return ValueTask.FromResult(new StateResult<IReadOnlyList<StateBulkItem>>([], StateError.Illegal(illegal)));
        }

        return policy is null
            ? ValueTask.FromResult(Unpack(BulkGet(keys), keys))
            : GuardedBulkAsync(keys, cancel);
    }

    /// <summary>
    /// Saves items one by one in one commit: a refused one does not keep the others from being written. Nothing is written when a key is
    /// illegal. Returns null when all are kept, and then they survive the process's SIGKILL.
    /// </summary>
    public Task<StateError?> SaveAsync(IReadOnlyList<StateSave> saves, CancellationToken cancel) =>
        saves.Count == 0 ? NoError
        : saves.FirstOrDefault(save => IsIllegal(save.Key)) is { } illegal ? Task.FromResult<StateError?>(StateError.Illegal(illegal.Key))
        : WriteAsync(connection => EachOf(saves, save => Save(connection, save)), saves.Count == 1, cancel);

    /// <summary>Deletes one key; a missing one is no error unless an etag is given.</summary>
    public Task<StateError?> DeleteAsync(StateDelete delete, CancellationToken cancel) => BulkDeleteAsync([delete], cancel);

    /// <summary>Deletes keys one by one in one commit, as <see cref="SaveAsync"/> saves.</summary>
    public Task<StateError?> BulkDeleteAsync(IReadOnlyList<StateDelete> deletes, CancellationToken cancel) =>
        deletes.Count == 0 ? NoError
        : deletes.FirstOrDefault(delete => IsIllegal(delete.Key)) is { } illegal ? Task.FromResult<StateError?>(StateError.Illegal(illegal.Key))
        : WriteAsync(connection => EachOf(deletes, delete => Delete(connection, delete)), deletes.Count == 1, cancel);

    private static Task<StateError?> NoError { get; } = Task.FromResult<StateError?>(null);

    private static bool IsIllegal(string key) => key.Contains("||", StringComparison.Ordinal);

    private static StateError? EachOf<T>(IReadOnlyList<T> items, Func<T, StateError?> apply) =>
        items.Count == 1 ? apply(items[0]) : StateError.Join([.. items.Select(apply).OfType<StateError>()]);

    private static StateError? CheckOptions(string? concurrency, string? consistency) =>
        concurrency is not (null or "" or "first-write" or "last-write") ? new(StateErrorKind.Failed, $"unrecognized concurrency model '{concurrency}'")
        : consistency is not (null or "" or "strong" or "eventual") ? new(StateErrorKind.Failed, $"unrecognized consistency model '{consistency}'")
        : null;

    private string Physical(string key) => component.Prefix.Length == 0 ? key : component.Prefix + key;

    private StateResult<StateEntry?> Get(string key)
    {
        try
        {
            var now = Now;
            return new(database.Read(connection => StateTable.Get(connection, component.Space, Physical(key), key, now)), null);
        }
        catch (StorageException failure)
        {
            return new(null, new StateError(StateErrorKind.Failed, failure.Message));
        }
    }

    private StateResult<IReadOnlyList<StateBulkItem>> BulkGet(IReadOnlyList<string> keys)
    {
        try
        {
            var now = Now;
            var distinct = keys.Distinct(StringComparer.Ordinal).ToArray();
            var found = database.Read(connection =>
            {
                connection.Execute("BEGIN");
                try
                {
                    return distinct.Select(key => new StateBulkItem(key, StateTable.Get(connection, component.Space, Physical(key), key, now))).ToArray();
                }
                finally
                {
                    connection.Execute("ROLLBACK");
                }
            });
            return new([.. found.Where(item => item.Entry is not null).OrderBy(item => item.Key, StringComparer.Ordinal), .. found.Where(item => item.Entry is null)], null);
        }
        catch (StorageException failure)
        {
            return new([], new StateError(StateErrorKind.Failed, failure.Message));
        }
    }

    private static StateResult<IReadOnlyList<StateBulkItem>> Unpack(StateResult<IReadOnlyList<StateBulkItem>> result, IReadOnlyList<string> keys) =>
        result.Error is { } error ? new([.. keys.Select(key => new StateBulkItem(key, null, error.Text))], null) : result;

    private async ValueTask<StateResult<IReadOnlyList<StateBulkItem>>> GuardedBulkAsync(IReadOnlyList<string> keys, CancellationToken cancel) =>
        Unpack(await GuardedAsync(() => ValueTask.FromResult(BulkGet(keys)), result => result.Error, error => new([], error), cancel), keys);

    private StateError? Save(StorageConnection connection, StateSave save)
    {
        if (CheckOptions(save.Concurrency, save.Consistency) is { } refused)
        {
            return refused;
        }

        if (TimeToLive.Read(save.Ttl, component.Ttl, out var seconds) is { } wrong)
        {
            return new StateError(StateErrorKind.Failed, wrong);
        }

        var now = Now;
        return StateTable.Save(connection, component.Space, Physical(save.Key), save, save.Concurrency == "first-write", now + (seconds * 1000L), now)
            ? null
            : StateError.Mismatch;
    }

    private StateError? Delete(StorageConnection connection, StateDelete delete) =>
        CheckOptions(delete.Concurrency, delete.Consistency) is { } refused ? refused
        : StateTable.Delete(connection, component.Space, Physical(delete.Key), delete.Etag, Now) ? null
        : StateError.Mismatch;

    // Each item is one statement.
    private Task<StateError?> WriteAsync(Func<StorageConnection, StateError?> work, bool isOneItem, CancellationToken cancel) =>
        policy is null
            ? WriteOnceAsync(work, isOneItem, cancel)
            : GuardedAsync(() => new ValueTask<StateError?>(WriteOnceAsync(work, isOneItem, cancel)), error => error, error => error, cancel).AsTask();

    private async Task<StateError?> WriteOnceAsync(Func<StorageConnection, StateError?> work, bool isOneItem, CancellationToken cancel)
    {
        try
        {
            return await (isOneItem ? database.WriteOneAsync(work, cancel) : database.WriteAsync(work, cancel));
        }
        catch (StorageException failure)
        {
            return new StateError(StateErrorKind.Failed, failure.Message);
        }
    }

    // A mismatch is an answer of the store's, not a failure: it is neither repeated nor does it open a breaker.
    private async ValueTask<T> GuardedAsync<T>(Func<ValueTask<T>> operation, Func<T, StateError?> errorOf, Func<StateError, T> refuse, CancellationToken cancel)
    {
        T last = default!;
        var ran = false;
        var result = await policy!.ExecuteAsync(
            "",
            requestHasLength: true,
            async _ =>
            {
                (last, ran) = (await operation(), true);
                return errorOf(last) is { Kind: StateErrorKind.Failed } failed
                    ? new AttemptResult(AttemptEnd.Failed, 0, 13, failed.Text, Committed: false)
                    : new AttemptResult(AttemptEnd.Answered, 200, 0, null, Committed: false);
            },
            cancel);
        cancel.ThrowIfCancellationRequested();
        return ran && !CircuitBreakerStrategy.IsRefusal(result) ? last : refuse(new StateError(StateErrorKind.Failed, result.Error ?? "the call was given up"));
    }
}
