namespace LlmDapr.Sidecar.PubSub;

/// <summary>The message broker of this process: durable topics that every sidecar of the process publishes to and takes from. Thread-safe.</summary>
internal sealed class Broker : IAsyncDisposable
{
    /// <summary>Puts a message into a topic. Completes when the message survives a kill of every process.</summary>
    /// <param name="component">The pub/sub component's name.</param>
    /// <param name="topic">The topic, literally.</param>
    /// <param name="data">What subscribers get as body: the finished envelope.</param>
    /// <param name="metadata">What subscribers get as headers beside <c>pubsubName</c>.</param>
    /// <param name="ttl">After this time nobody gets it any more; zero = nobody at all, null = no limit.</param>
    /// <param name="cancel">Gives up waiting; the message may be stored all the same.</param>
    public Task PublishAsync(
        string component, string topic, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata, TimeSpan? ttl, CancellationToken cancel) =>
        throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
