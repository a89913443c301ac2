using System.Text;
using Dapr;
using Dapr.Client;
using Grpc.Core;

namespace LlmDapr.Jobs.Tests.Fakes;

/// <summary>One process's Dapr client for a <see cref="FakeStore"/>, with the faults that Redis behind daprd has. Thread-safe.</summary>
internal sealed class FakeDapr(FakeStore store) : UnservedDaprClient
{
    /// <summary>Awaited before each operation.</summary>
    public Func<FakeOperation, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited after each operation, before its answer arrives.</summary>
    public Func<FakeOperation, Task> After { get; set; } = _ => Task.CompletedTask;

    /// <summary>The fault of an operation: what Redis answers when it is down, or an answer that is lost after the write.</summary>
    public Func<FakeOperation, FakeFault> Fault { get; set; } = _ => FakeFault.None;

    public override async Task<(ReadOnlyMemory<byte>, string)> GetByteStateAndETagAsync(string storeName, string key, ConsistencyMode? consistencyMode = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("get", key);
        if (Fault(new("get", key)) != FakeFault.None)
        {
            throw Down("get");
        }

        var found = store.Read(key);
        await After(new("get", key));
        return found;
    }

    public override async Task<ReadOnlyMemory<byte>> GetByteStateAsync(string storeName, string key, ConsistencyMode? consistencyMode = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default) =>
        (await GetByteStateAndETagAsync(storeName, key, consistencyMode, metadata, cancellationToken)).Item1;

    public override async Task<IReadOnlyList<BulkStateItem>> GetBulkStateAsync(string storeName, IReadOnlyList<string> keys, int? parallelism, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("bulk", keys[0]);
        if (Fault(new("bulk", keys[0])) != FakeFault.None)
        {
            throw Down("bulk");
        }

        return [.. keys.Select(key => (Key: key, Found: store.Read(key))).Select(item => new BulkStateItem(item.Key, Encoding.UTF8.GetString(item.Found.Bytes.Span), item.Found.ETag))];
    }

    public override async Task<bool> TrySaveByteStateAsync(string storeName, string key, ReadOnlyMemory<byte> binaryValue, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("try-save", key);
        switch (Fault(new("try-save", key)))
        {
            case FakeFault.Down when etag.Length > 0:
                // "possible etag mismatch. error from state store: dial tcp …"
                return false;
            case FakeFault.Down:
                throw Down("save");
            case FakeFault.AnswerLost:
                store.Write(key, binaryValue, etag, stateOptions, metadata);
                throw Down("save");
        }

        try
        {
            return store.Write(key, binaryValue, etag, stateOptions, metadata);
        }
        finally
        {
            await After(new("try-save", key));
        }
    }

    public override async Task SaveByteStateAsync(string storeName, string key, ReadOnlyMemory<byte> binaryValue, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("save", key);
        if (Fault(new("save", key)) != FakeFault.None)
        {
            throw Down("save");
        }

        store.Write(key, binaryValue, "", stateOptions, metadata);
        await After(new("save", key));
    }

    public override async Task DeleteStateAsync(string storeName, string key, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("delete", key);
        if (Fault(new("delete", key)) != FakeFault.None)
        {
            throw Down("delete");
        }

        store.Remove(key);
    }

    public override async Task PublishByteEventAsync(string pubsubName, string topicName, ReadOnlyMemory<byte> data, string dataContentType = "application/json", Dictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await BeginAsync("publish", topicName);
        var fault = Fault(new("publish", topicName));
        if (fault != FakeFault.Down)
        {
            store.Publish(new Published(topicName, metadata?["cloudevent.id"] ?? "", metadata?["cloudevent.type"] ?? "", Encoding.UTF8.GetString(data.Span)));
        }

        await After(new("publish", topicName));

        if (fault != FakeFault.None)
        {
            throw Down("publish");
        }
    }

    private static DaprException Down(string what) => new($"{what} failed", new RpcException(new Status(StatusCode.Internal, "dial tcp 127.0.0.1:6379: connect: connection refused")));

    private async Task BeginAsync(string what, string key) => await Before(new(what, key));
}

/// <summary>An operation of the fake: its name and its key or topic.</summary>
internal readonly record struct FakeOperation(string What, string Key);

/// <summary>What goes wrong with an operation.</summary>
internal enum FakeFault
{
    None,

    /// <summary>Nothing is done; a compare-and-set says "etag mismatch".</summary>
    Down,

    /// <summary>It is done, and the answer does not arrive.</summary>
    AnswerLost,
}

/// <summary>An event that was published.</summary>
internal sealed record Published(string Topic, string Id, string Type, string Data);
