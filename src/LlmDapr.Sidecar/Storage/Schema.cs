namespace LlmDapr.Sidecar.Storage;

/// <summary>
/// The tables, as steps: a file's <c>user_version</c> is the number of steps that it has had. A step that has been released is never changed;
/// what comes later is a further step at the end.
/// </summary>
internal static class Schema
{
    /// <summary>Marks a SQLite file as one of ours: <c>LDpr</c>.</summary>
    public const int ApplicationId = 0x4C44_7072;

    // State has a rowid because its values are long: SQLite's tables without one keep only a quarter of a page beside the key.
    private const string State = """
        CREATE TABLE state (
            component TEXT NOT NULL,
            key TEXT NOT NULL,
            etag TEXT NOT NULL,
            expires INTEGER,
            value BLOB NOT NULL,
            PRIMARY KEY (component, key)
        );
        CREATE INDEX state_expires ON state (expires) WHERE expires IS NOT NULL;
        """;

    // Ids are never given twice (AUTOINCREMENT): a group's floor speaks of messages that retention has removed long ago.
    private const string Queue = """
        CREATE TABLE queue_topics (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            component TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (component, name)
        );
        CREATE TABLE queue_messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            topic INTEGER NOT NULL,
            published INTEGER NOT NULL,
            expires INTEGER,
            metadata TEXT NOT NULL,
            data BLOB NOT NULL
        );
        CREATE INDEX queue_messages_topic ON queue_messages (topic, id);
        CREATE TABLE queue_groups (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            topic INTEGER NOT NULL,
            app TEXT NOT NULL,
            floor INTEGER NOT NULL,
            UNIQUE (topic, app)
        );
        CREATE TABLE queue_acks (
            app_group INTEGER NOT NULL,
            message INTEGER NOT NULL,
            PRIMARY KEY (app_group, message)
        ) WITHOUT ROWID;
        """;

    /// <summary>The steps in order.</summary>
    public static IReadOnlyList<string> Steps { get; } = [State, Queue];
}
