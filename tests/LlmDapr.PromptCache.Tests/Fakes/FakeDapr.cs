using Dapr;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Jobs.Tests.Fakes;

namespace LlmDapr.PromptCache.Tests.Fakes;

/// <summary>One replica's way to a <see cref="FakeState"/>, with a count of what went over it and faults to be set. Thread-safe.</summary>
internal sealed class FakeDapr(FakeState state) : UnservedDaprClient
{
    private int _gets;
    private int _saves;

    /// <summary>Awaited before each call, with its name and key: throws, waits or does nothing.</summary>
    public Func<string, string, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Reads of answers.</summary>
    public int Gets => Volatile.Read(ref _gets);

    /// <summary>Saves of answers.</summary>
    public int Saves => Volatile.Read(ref _saves);

    /// <summary>All calls fail at once from now on.</summary>
    public void Break() => Before = (_, _) => throw new DaprException("State operation failed: connection refused.");

    /// <summary>No call is answered from now on.</summary>
    public void Hang() => Before = (_, _) => new TaskCompletionSource().Task;

    /// <summary>Calls are answered again.</summary>
    public void Heal() => Before = (_, _) => Task.CompletedTask;

    public override async Task<ReadOnlyMemory<byte>> GetByteStateAsync(string storeName, string key, ConsistencyMode? consistencyMode = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        Assert.Equal(DaprComponents.StateStore, storeName);
        Interlocked.Increment(ref _gets);
        await Before("get", key);
        return state.Read(key).Bytes;
    }

    public override async Task<(ReadOnlyMemory<byte>, string)> GetByteStateAndETagAsync(string storeName, string key, ConsistencyMode? consistencyMode = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await Before("get", key);
        return state.Read(key);
    }

    public override async Task SaveByteStateAsync(string storeName, string key, ReadOnlyMemory<byte> binaryValue, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _saves);
        await Before("save", key);
        state.Write(key, binaryValue, null, stateOptions, metadata);
    }

    public override async Task<bool> TrySaveByteStateAsync(string storeName, string key, ReadOnlyMemory<byte> binaryValue, string etag, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await Before("try-save", key);
        return state.Write(key, binaryValue, etag, stateOptions, metadata);
    }

    public override async Task DeleteStateAsync(string storeName, string key, StateOptions? stateOptions = null, IReadOnlyDictionary<string, string>? metadata = null, CancellationToken cancellationToken = default)
    {
        await Before("delete", key);
        state.Remove(key);
    }
}
