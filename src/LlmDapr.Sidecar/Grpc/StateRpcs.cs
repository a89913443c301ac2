using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.State;

namespace LlmDapr.Sidecar.Grpc;

/// <summary>State over gRPC: values are kept byte by byte as they are sent.</summary>
internal sealed class StateRpcs(SidecarInstance sidecar)
{
    private const string ExpireTime = "ttlExpireTime";

    private static readonly Empty Done = new();
    private static readonly Task<GetStateResponse> NotFound = Task.FromResult(new GetStateResponse());

    /// <summary><c>GetState</c>. A missing key is an answer without data and etag.</summary>
    public Task<GetStateResponse> GetAsync(GetStateRequest request, ServerCallContext context)
    {
        var store = Find(request.StoreName);
        var read = store.GetAsync(request.Key, context.CancellationToken);
        return read.IsCompletedSuccessfully ? Answer(read.Result) : Await();

        async Task<GetStateResponse> Await() => await Answer(await read);

        Task<GetStateResponse> Answer(StateResult<StateEntry?> result) =>
            result.Error is { } error ? throw StateFailure.OfGet(error, store.Name, request.Key)
            : result.Value is { } entry ? Task.FromResult(Found(entry))
            : NotFound;
    }

    /// <summary><c>GetBulkState</c>.</summary>
    public async Task<GetBulkStateResponse> BulkGetAsync(GetBulkStateRequest request, ServerCallContext context)
    {
        var store = Find(request.StoreName);
        var result = await store.BulkGetAsync(request.Keys, context.CancellationToken);
        if (result.Error is { } error)
        {
            throw StateFailure.OfGet(error, store.Name, error.Key ?? "");
        }

        var answer = new GetBulkStateResponse();
        foreach (var item in result.Value)
        {
            answer.Items.Add(Found(item));
        }

        return answer;
    }

    /// <summary><c>SaveState</c>.</summary>
    public async Task<Empty> SaveAsync(SaveStateRequest request, ServerCallContext context)
    {
        var store = Find(request.StoreName);
        var saves = new StateSave[request.States.Count];
        for (var i = 0; i < saves.Length; i++)
        {
            saves[i] = Read(request.States[i]);
        }

        return await store.SaveAsync(saves, context.CancellationToken) is { } error ? throw StateFailure.OfSave(error, store.Name) : Done;
    }

    /// <summary><c>DeleteState</c>.</summary>
    public async Task<Empty> DeleteAsync(DeleteStateRequest request, ServerCallContext context)
    {
        var store = Find(request.StoreName);
        var delete = new StateDelete(request.Key, request.Etag?.Value, StateWords.Concurrency(request.Options), StateWords.Consistency(request.Options));
        return await store.DeleteAsync(delete, context.CancellationToken) is { } error ? throw StateFailure.OfDelete(error, store.Name, request.Key) : Done;
    }

    /// <summary><c>DeleteBulkState</c>.</summary>
    public async Task<Empty> BulkDeleteAsync(DeleteBulkStateRequest request, ServerCallContext context)
    {
        var store = Find(request.StoreName);
        var deletes = new StateDelete[request.States.Count];
        for (var i = 0; i < deletes.Length; i++)
        {
            var item = request.States[i];
            deletes[i] = new StateDelete(item.Key, item.Etag?.Value, StateWords.Concurrency(item.Options), StateWords.Consistency(item.Options));
        }

        return await store.BulkDeleteAsync(deletes, context.CancellationToken) is { } error ? throw StateFailure.OfBulkDelete(error, store.Name) : Done;
    }

    // Nobody changes the array of an entry after it was read, so the answer can have it without a copy.
    private static GetStateResponse Found(StateEntry entry)
    {
        var answer = new GetStateResponse { Data = UnsafeByteOperations.UnsafeWrap(entry.Value), Etag = entry.Etag };
        if (entry.ExpireTime is { } expires)
        {
            answer.Metadata[ExpireTime] = expires;
        }

        return answer;
    }

    private static BulkStateItem Found(StateBulkItem item)
    {
        var answer = new BulkStateItem { Key = item.Key, Error = item.Error ?? "" };
        if (item.Entry is { } entry)
        {
            answer.Data = UnsafeByteOperations.UnsafeWrap(entry.Value);
            answer.Etag = entry.Etag;
            if (entry.ExpireTime is { } expires)
            {
                answer.Metadata[ExpireTime] = expires;
            }
        }

        return answer;
    }

    private static StateSave Read(StateItem item)
    {
        if (item.Key.Length == 0)
        {
            throw StateFailure.EmptyKey();
        }

        return new StateSave(
            item.Key,
            StateValue.Read(item),
            item.Etag?.Value,
            StateWords.Concurrency(item.Options),
            StateWords.Consistency(item.Options),
            item.Metadata.TryGetValue("ttlInSeconds", out var ttl) ? ttl : null);
    }

    private StateStore Find(string name) =>
        sidecar.StateStores.TryGetValue(name, out var store) ? store : throw StateFailure.NoStore(name, sidecar.StateStores.Count > 0);
}
