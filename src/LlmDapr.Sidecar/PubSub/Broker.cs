using System.Collections.Concurrent;
using LlmDapr.Sidecar.PubSub.Queue;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.PubSub;

/// <summary>
/// The message broker of this process: durable topics in the data file, that every sidecar of the process publishes to and takes from.
/// Thread-safe. Disposing ends its housekeeping; the data file is not its own.
/// </summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly Database _database;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Retention _retention;
    private readonly ConcurrentDictionary<(string Component, string Name), Topic> _topics = new();

    /// <summary>Opens the broker of a data file.</summary>
    public Broker(Database database, TimeProvider time, ILogger logger)
    {
        (_database, _time, _logger) = (database, time, logger);
        _retention = new Retention(database, time, logger);
    }

    /// <summary>Puts a message into a topic. Completes when the message survives a kill of every process.</summary>
    /// <param name="component">The pub/sub component's name.</param>
    /// <param name="topic">The topic, literally.</param>
    /// <param name="data">What subscribers get as body: the finished envelope.</param>
    /// <param name="metadata">What subscribers get as headers beside <c>pubsubName</c>.</param>
    /// <param name="ttl">After this time nobody gets it any more; zero = nobody at all, null = no limit.</param>
    /// <param name="cancel">Gives up waiting; the message may be stored all the same.</param>
    /// <exception cref="StorageException">It could not be stored.</exception>
    public async Task PublishAsync(
        string component, string topic, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata, TimeSpan? ttl, CancellationToken cancel)
    {
        var target = await TopicAsync(component, topic, cancel);
        var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        long? expires = ttl is { } life ? now + (long)Math.Min(life.TotalMilliseconds, TimeSpan.FromDays(36_500).TotalMilliseconds) : null;
        var stored = QueueTables.WriteMetadata(metadata);
        await _database.WriteOneAsync(connection => QueueTables.AddMessage(connection, target.Id, now, expires, stored, data), cancel);
        target.Signal();
        _retention.Note(target.Id);
    }

    /// <summary>A topic, which is made when it is missing.</summary>
    /// <exception cref="StorageException">It could not be stored.</exception>
    public async ValueTask<Topic> TopicAsync(string component, string topic, CancellationToken cancel)
    {
        if (_topics.TryGetValue((component, topic), out var known))
        {
            return known;
        }

        var id = await _database.WriteAsync(connection => QueueTables.AddTopic(connection, component, topic), cancel);
        return _topics.GetOrAdd((component, topic), _ => new Topic(id, _database, _time, _logger));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _retention.DisposeAsync();
}
