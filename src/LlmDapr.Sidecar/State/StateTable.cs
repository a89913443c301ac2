using System.Runtime.InteropServices;
using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.State;

/// <summary>The statements. Each is atomic by itself, and to each a row that has expired is no row.</summary>
internal static class StateTable
{
    private const string Select =
        "SELECT value, etag, expires FROM state WHERE component = ?1 AND key = ?2 AND (expires IS NULL OR expires > ?3)";

    private const string Upsert = """
        INSERT INTO state (component, key, etag, expires, value) VALUES ($component, $key, $etag, $expires, $value)
        ON CONFLICT (component, key) DO UPDATE SET etag = excluded.etag, expires = excluded.expires, value = excluded.value
        """;

    private const string InsertFirst = Upsert + "\nWHERE state.expires <= $now";

    private const string Update = """
        UPDATE state SET etag = $etag, expires = $expires, value = $value
        WHERE component = $component AND key = $key AND etag = $given AND (expires IS NULL OR expires > $now)
        """;

    private const string Remove = "DELETE FROM state WHERE component = $component AND key = $key";

    private const string RemoveGiven = Remove + " AND etag = $given AND (expires IS NULL OR expires > $now)";

    private const string RemoveExpired = "DELETE FROM state WHERE rowid IN (SELECT rowid FROM state WHERE expires <= $now LIMIT $most)";

    /// <summary>Reads a key; null when it is missing. <paramref name="name"/> is the key as the app knows it.</summary>
    public static StateEntry? Get(StorageConnection connection, string component, string key, string name, long now)
    {
        var select = connection.Statement(Select);
        try
        {
            select.Bind(1, component);
            select.Bind(2, key);
            select.Bind(3, now);
            return select.Step() ? new StateEntry(name, select.Bytes(0), select.Text(1), select.Number(2)) : null;
        }
        finally
        {
            select.Reset();
        }
    }

    /// <summary>Saves; false when the etag is not the one there, or when <paramref name="first"/> is set and something is there.</summary>
    public static bool Save(StorageConnection connection, string component, string key, StateSave save, bool first, long? expires, long now)
    {
        var given = save.Etag is { Length: > 0 } etag ? etag : null;
        var command =
            given is not null ? connection.Prepared(Update, "$component", "$key", "$etag", "$expires", "$value", "$now", "$given")
            : first ? connection.Prepared(InsertFirst, "$component", "$key", "$etag", "$expires", "$value", "$now")
            : connection.Prepared(Upsert, "$component", "$key", "$etag", "$expires", "$value");
        var parameters = command.Parameters;
        parameters[0].Value = component;
        parameters[1].Value = key;
        parameters[2].Value = Guid.NewGuid().ToString();
        parameters[3].Value = expires is { } at ? at : DBNull.Value;
        parameters[4].Value = Bytes(save.Value);
        if (given is not null || first)
        {
            parameters[5].Value = now;
        }

        if (given is not null)
        {
            parameters[6].Value = given;
        }

        var changed = command.ExecuteNonQuery();
        parameters[4].Value = DBNull.Value;
        return changed > 0;
    }

    /// <summary>Deletes; false when an etag is given and it is not the one there.</summary>
    public static bool Delete(StorageConnection connection, string component, string key, string? etag, long now)
    {
        var given = etag is { Length: > 0 };
        var command = given ? connection.Prepared(RemoveGiven, "$component", "$key", "$given", "$now") : connection.Prepared(Remove, "$component", "$key");
        command.Parameters[0].Value = component;
        command.Parameters[1].Value = key;
        if (given)
        {
            command.Parameters[2].Value = etag;
            command.Parameters[3].Value = now;
        }

        return command.ExecuteNonQuery() > 0 || !given;
    }

    /// <summary>Deletes some of the rows that have expired; returns how many.</summary>
    public static int DeleteExpired(StorageConnection connection, long now, int most)
    {
        var command = connection.Prepared(RemoveExpired, "$now", "$most");
        command.Parameters[0].Value = now;
        command.Parameters[1].Value = most;
        return command.ExecuteNonQuery();
    }

    private static byte[] Bytes(ReadOnlyMemory<byte> value) =>
        MemoryMarshal.TryGetArray(value, out var part) && part.Array is { } array && part.Offset == 0 && part.Count == array.Length ? array : value.ToArray();
}
