using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlmDapr.Sidecar.Storage;

/// <summary>
/// A prepared statement, used without ADO.NET's commands and readers, which cost more than SQLite does for a short read. One thread uses it at a time; its
/// connection disposes of it.
/// </summary>
internal sealed class StorageStatement : IDisposable
{
    private const int MostOnStack = 512;

    // As long as ADO.NET's commands try.
    private const int BusyMilliseconds = 30_000;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public StorageStatement(sqlite3 connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_busy_timeout(connection, BusyMilliseconds));
        Check(raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Sets a parameter; the first has the number 1.</summary>
    public void Bind(int number, long value) => Check(raw.sqlite3_bind_int64(_statement, number, value));

    /// <summary>Sets a parameter; the first has the number 1.</summary>
    public void Bind(int number, string value)
    {
        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = most > MostOnStack ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[MostOnStack];
        var length = Encoding.UTF8.GetBytes(value, bytes);

        // SQLite takes a copy of its own.
        Check(raw.sqlite3_bind_text(_statement, number, bytes[..length]));
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Goes to the next row; false when there is none. <see cref="Reset"/> must follow, whatever comes.</summary>
    /// <exception cref="SqliteException">SQLite could not read.</exception>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Check(result);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <summary>A column of the row; the first has the number 0.</summary>
    public byte[] Bytes(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>A column of the row.</summary>
    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>A column of the row; null when it has none.</summary>
    public long? Number(int column) =>
        raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_int64(_statement, column);

    /// <summary>Ends a use: gives up the row and with it the snapshot that it was read from.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    /// <inheritdoc/>
    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _connection);
        }
    }
}
