using System.Globalization;
using LlmDapr.PromptCache.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.PromptCache.Tests.Store;

/// <summary>Replicas over one state store, on one clock that the test moves.</summary>
public abstract class StoreTest : IAsyncDisposable
{
    private readonly List<Replica> _replicas = [];

    private protected StoreTest()
    {
        Time = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-02T03:04:05Z", CultureInfo.InvariantCulture));
        State = new FakeState(Time);
    }

    private protected FakeTimeProvider Time { get; }

    private protected FakeState State { get; }

    private protected async Task<(Replica Replica, FakeDapr Dapr)> StartAsync(params (string Key, string Value)[] settings)
    {
        var dapr = new FakeDapr(State);
        var replica = await new Replica(dapr, Time, settings).StartAsync();
        _replicas.Add(replica);
        return (replica, dapr);
    }

    /// <summary>The state that a clock's listeners are in when it does not move: waits until the task ends, moving the clock as long as it does not.</summary>
    private protected async Task<T> PassUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Yield();
        }

        return await task;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }
}
