using System.Text.Json;
using LlmDapr.Sidecar.Storage;
using Microsoft.Data.Sqlite;

namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>
/// The queue's statements. A group (an app's place in a topic) has acknowledged every message up to its floor, and those above it that
/// <c>queue_acks</c> names; everything else is pending. What a process holds is written nowhere: it is pending when the process dies.
/// </summary>
internal static class QueueTables
{
    private const int PageMessages = 64;
    private const int PageBytes = 1024 * 1024;

    /// <summary>The id of a topic, which is made when it is missing.</summary>
    public static long AddTopic(StorageConnection connection, string component, string name)
    {
        var add = connection.Prepared("INSERT INTO queue_topics (component, name) VALUES ($component, $name) ON CONFLICT DO NOTHING", "$component", "$name");
        (add.Parameters[0].Value, add.Parameters[1].Value) = (component, name);
        add.ExecuteNonQuery();
        var find = connection.Prepared("SELECT id FROM queue_topics WHERE component = $component AND name = $name", "$component", "$name");
        (find.Parameters[0].Value, find.Parameters[1].Value) = (component, name);
        return (long)find.ExecuteScalar()!;
    }

    /// <summary>An app's place in a topic; a new one begins with everything that the topic has kept.</summary>
    public static (long Id, long Floor) AddGroup(StorageConnection connection, long topic, string app)
    {
        var add = connection.Prepared("INSERT INTO queue_groups (topic, app, floor) VALUES ($topic, $app, 0) ON CONFLICT DO NOTHING", "$topic", "$app");
        (add.Parameters[0].Value, add.Parameters[1].Value) = (topic, app);
        add.ExecuteNonQuery();
        var find = connection.Prepared("SELECT id, floor FROM queue_groups WHERE topic = $topic AND app = $app", "$topic", "$app");
        (find.Parameters[0].Value, find.Parameters[1].Value) = (topic, app);
        using var row = find.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>Puts a message at a topic's end.</summary>
    public static int AddMessage(StorageConnection connection, long topic, long published, long? expires, string metadata, ReadOnlyMemory<byte> data)
    {
        var add = connection.Prepared(
            "INSERT INTO queue_messages (topic, published, expires, metadata, data) VALUES ($topic, $published, $expires, $metadata, $data)",
            "$topic", "$published", "$expires", "$metadata", "$data");
        add.Parameters[0].Value = topic;
        add.Parameters[1].Value = published;
        add.Parameters[2].Value = expires is { } at ? at : DBNull.Value;
        add.Parameters[3].Value = metadata;
        add.Parameters[4].Value = data.ToArray();
        var added = add.ExecuteNonQuery();

        // A prepared command lives as long as its connection and must not keep megabytes.
        add.Parameters[4].Value = DBNull.Value;
        return added;
    }

    /// <summary>The next messages that a group has not acknowledged.</summary>
    /// <param name="connection">Where to read.</param>
    /// <param name="topic">The topic's id.</param>
    /// <param name="group">The group's id.</param>
    /// <param name="after">The last id that has been read.</param>
    /// <returns>The messages, and whether there may be more.</returns>
    public static (List<Message> Messages, bool More) ReadPage(StorageConnection connection, long topic, long group, long after)
    {
        var read = connection.Prepared(
            "SELECT id, data, metadata, expires FROM queue_messages WHERE topic = $topic AND id > $after AND NOT EXISTS (SELECT 1 FROM queue_acks WHERE app_group = $group AND message = queue_messages.id) ORDER BY id",
            "$topic", "$after", "$group");
        (read.Parameters[0].Value, read.Parameters[1].Value, read.Parameters[2].Value) = (topic, after, group);
        var messages = new List<Message>();
        var bytes = 0L;
        using var rows = read.ExecuteReader();
        while (rows.Read())
        {
            var message = new Message(
                rows.GetInt64(0), rows.GetFieldValue<byte[]>(1), ReadMetadata(rows.GetString(2)), rows.IsDBNull(3) ? null : rows.GetInt64(3));
            messages.Add(message);
            bytes += message.Data.Length;
            if (messages.Count >= PageMessages || bytes >= PageBytes)
            {
                return (messages, true);
            }
        }

        return (messages, false);
    }

    /// <summary>Notes what a group has acknowledged.</summary>
    /// <param name="connection">Where to write.</param>
    /// <param name="group">The group's id.</param>
    /// <param name="floor">Everything up to it is acknowledged.</param>
    /// <param name="above">What else is.</param>
    /// <param name="clears">Whether there may be notes that the floor has overtaken.</param>
    public static void Acknowledge(StorageConnection connection, long group, long floor, IEnumerable<long> above, bool clears)
    {
        var raise = connection.Prepared("UPDATE queue_groups SET floor = $floor WHERE id = $group AND floor < $floor", "$floor", "$group");
        (raise.Parameters[0].Value, raise.Parameters[1].Value) = (floor, group);
        raise.ExecuteNonQuery();
        foreach (var message in above)
        {
            var note = connection.Prepared("INSERT INTO queue_acks (app_group, message) VALUES ($group, $message) ON CONFLICT DO NOTHING", "$group", "$message");
            (note.Parameters[0].Value, note.Parameters[1].Value) = (group, message);
            note.ExecuteNonQuery();
        }

        if (clears)
        {
            var clear = connection.Prepared("DELETE FROM queue_acks WHERE app_group = $group AND message <= $floor", "$group", "$floor");
            (clear.Parameters[0].Value, clear.Parameters[1].Value) = (group, floor);
            clear.ExecuteNonQuery();
        }
    }

    /// <summary>Whether a group has notes of acknowledged messages above its floor.</summary>
    public static bool HasNotes(StorageConnection connection, long group)
    {
        var find = connection.Prepared("SELECT EXISTS (SELECT 1 FROM queue_acks WHERE app_group = $group)", "$group");
        find.Parameters[0].Value = group;
        return (long)find.ExecuteScalar()! == 1;
    }

    /// <summary>The ids of all topics.</summary>
    public static List<long> Topics(StorageConnection connection)
    {
        var topics = new List<long>();
        using var rows = connection.Prepared("SELECT id FROM queue_topics").ExecuteReader();
        while (rows.Read())
        {
            topics.Add(rows.GetInt64(0));
        }

        return topics;
    }

    /// <summary>Up to where every group of a topic has acknowledged; null when it has no group.</summary>
    public static long? LeastFloor(StorageConnection connection, long topic)
    {
        var find = connection.Prepared("SELECT min(floor) FROM queue_groups WHERE topic = $topic", "$topic");
        find.Parameters[0].Value = topic;
        return find.ExecuteScalar() as long?;
    }

    /// <summary>The newest id of a topic that is not among its newest <paramref name="count"/>; 0 when there are no more than these.</summary>
    public static long IdBehindNewest(StorageConnection connection, long topic, int count)
    {
        var find = connection.Prepared("SELECT id FROM queue_messages WHERE topic = $topic ORDER BY id DESC LIMIT 1 OFFSET $count", "$topic", "$count");
        (find.Parameters[0].Value, find.Parameters[1].Value) = (topic, count);
        return find.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Removes the oldest messages of a topic: ids up to <paramref name="upTo"/> that were published before a time or are not newer than an id.</summary>
    public static int Remove(StorageConnection connection, long topic, long upTo, long publishedBefore, long olderThan, int most)
    {
        var remove = connection.Prepared(
            "DELETE FROM queue_messages WHERE id IN (SELECT id FROM queue_messages WHERE topic = $topic AND id <= $upTo AND (published < $before OR id <= $older) ORDER BY id LIMIT $most)",
            "$topic", "$upTo", "$before", "$older", "$most");
        remove.Parameters[0].Value = topic;
        remove.Parameters[1].Value = upTo;
        remove.Parameters[2].Value = publishedBefore;
        remove.Parameters[3].Value = olderThan;
        remove.Parameters[4].Value = most;
        return remove.ExecuteNonQuery();
    }

    /// <summary>Metadata as it is stored.</summary>
    public static string WriteMetadata(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Count == 0 ? "" : JsonSerializer.Serialize(metadata, QueueJson.Default.IReadOnlyDictionaryStringString);

    private static IReadOnlyDictionary<string, string> ReadMetadata(string stored) =>
        stored.Length == 0 ? None : JsonSerializer.Deserialize(stored, QueueJson.Default.IReadOnlyDictionaryStringString) ?? None;

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();
}
