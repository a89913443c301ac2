using System.Collections.Concurrent;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>One topic of one component. Thread-safe.</summary>
internal sealed class Topic(long id, Database database, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, Group> _groups = new(StringComparer.Ordinal);

    /// <summary>The id in the data file.</summary>
    public long Id => id;

    /// <summary>An app's place in the topic. All sidecars of the app's id in this process share it.</summary>
    public async Task<Group> JoinAsync(string appId, CancellationToken cancel)
    {
        if (_groups.TryGetValue(appId, out var known))
        {
            return known;
        }

        var (groupId, floor, hasNotes) = await database.WriteAsync(
            connection =>
            {
                var (groupId, floor) = QueueTables.AddGroup(connection, id, appId);
                return (groupId, floor, QueueTables.HasNotes(connection, groupId));
            },
            cancel);
        return _groups.GetOrAdd(appId, _ => new Group(id, groupId, floor, hasNotes, database, time, logger));
    }

    /// <summary>Tells every group that there are new messages.</summary>
    public void Signal()
    {
        foreach (var (_, group) in _groups)
        {
            group.Signal();
        }
    }
}
