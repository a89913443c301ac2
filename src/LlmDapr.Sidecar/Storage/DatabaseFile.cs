using LlmDapr.Sidecar.Hosting;
using Microsoft.Data.Sqlite;

namespace LlmDapr.Sidecar.Storage;

/// <summary>The data file as this process holds it, with a lock beside it that ends with the process. Nothing of an operator's file is ever deleted.</summary>
internal sealed class DatabaseFile : IDisposable
{
    // Checking every page of a larger file would hold up each start.
    private const long MostChecked = 64 * 1024 * 1024;

    private readonly FileStream _lock;
    private readonly DirectoryInfo? _temporary;

    private DatabaseFile(string path, FileStream @lock, DirectoryInfo? temporary) => (Path, _lock, _temporary) = (path, @lock, temporary);

    /// <summary>The full path.</summary>
    public string Path { get; }

    /// <summary>Takes a file for this process alone.</summary>
    /// <param name="path">The file; null = a temporary one.</param>
    /// <exception cref="StartException">The folder cannot be written, or another process has the file.</exception>
    public static DatabaseFile Take(string? path)
    {
        var temporary = path is null ? Directory.CreateTempSubdirectory("llmdapr-data-") : null;
        var full = System.IO.Path.GetFullPath(path ?? System.IO.Path.Combine(temporary!.FullName, "llmdapr.db"));
        if (Directory.Exists(full))
        {
            throw new StartException($"The data file {full} is a folder; name a file with --data-file.");
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(full, failed);
        }

        return new DatabaseFile(full, Lock(full), temporary);
    }

    /// <summary>Opens the one connection that writes, after looking at what is there.</summary>
    /// <exception cref="StartException">The file is damaged, newer, foreign or cannot be written.</exception>
    public StorageConnection OpenWriter()
    {
        CheckLog();
        var connection = new StorageConnection(ConnectionString);
        try
        {
            connection.Open();
            Check(connection);
            connection.Execute("PRAGMA journal_mode=WAL");
            connection.Execute("PRAGMA synchronous=NORMAL");
            connection.Execute("PRAGMA wal_autocheckpoint=4000");
            connection.Execute("PRAGMA journal_size_limit=67108864");
            connection.Execute("PRAGMA cache_size=-16000");
            Migrate(connection);
            return connection;
        }
        catch (SqliteException failed)
        {
            connection.Dispose();
            throw Refuse(failed);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a further connection that only reads.</summary>
    public StorageConnection OpenReader()
    {
        var connection = new StorageConnection(ConnectionString);
        connection.Open();
        connection.Execute("PRAGMA query_only=1");
        connection.Execute("PRAGMA cache_size=-4000");
        return connection;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        _temporary?.Delete(recursive: true);
    }

    // Pooling would keep files open, and prepared commands out of sight, after their connection has ended.
    private string ConnectionString => new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ToString();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException failed)
        {
            throw Unwritable(path, failed);
        }
        catch (IOException failed) when (File.Exists(path + ".lock"))
        {
            throw new StartException($"The data file {path} is in use by another sidecar process; end that one, or name another file with --data-file.", failed);
        }
        catch (IOException failed)
        {
            throw Unwritable(path, failed);
        }
    }

    // SQLite silently throws such a log away, and with it everything that was not in the file yet.
    private void CheckLog()
    {
        var log = new FileInfo(Path + "-wal");
        if (log is { Exists: true, Length: > 0 } && new FileInfo(Path) is not { Exists: true, Length: > 0 })
        {
            throw new StartException($"{log.FullName} lies there without its data file {Path}; put the data file back, or move the log away to start anew.");
        }
    }

    private void Check(StorageConnection connection)
    {
        var version = Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        var tables = Number(connection, "SELECT count(*) FROM sqlite_master");
        if (tables > 0 && application != Schema.ApplicationId)
        {
            throw new StartException($"The data file {Path} is a SQLite file of another program; name another file with --data-file.");
        }

        if (version > Schema.Steps.Count)
        {
            throw new StartException(
                $"The data file {Path} has version {version}, and this sidecar knows versions up to {Schema.Steps.Count}: a newer one wrote it. Start that newer one, or name another file with --data-file.");
        }

        if (new FileInfo(Path).Length <= MostChecked)
        {
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            if (check.ExecuteScalar() is string found && found != "ok")
            {
                throw Damaged(found, null);
            }
        }
    }

    private static void Migrate(StorageConnection connection)
    {
        var version = (int)Number(connection, "PRAGMA user_version");
        if (version == Schema.Steps.Count)
        {
            return;
        }

        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        foreach (var step in Schema.Steps.Skip(version))
        {
            command.CommandText = step;
            command.ExecuteNonQuery();
        }

        command.CommandText = string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"PRAGMA application_id={Schema.ApplicationId}; PRAGMA user_version={Schema.Steps.Count}");
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    private static long Number(StorageConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    private StartException Refuse(SqliteException failed) => failed.SqliteErrorCode switch
    {
        // SQLITE_CORRUPT, SQLITE_NOTADB
        11 or 26 => Damaged(failed.Message, failed),

        // SQLITE_BUSY, SQLITE_LOCKED: a tool of the operator's, for sidecars have their own lock.
        5 or 6 => new StartException($"The data file {Path} is locked by another program (a SQLite shell?); end that one, or name another file with --data-file.", failed),

        // SQLITE_FULL
        13 => new StartException($"There is no room left for the data file {Path}; make room, or name a file on another disk with --data-file.", failed),
        _ => Unwritable(Path, failed),
    };

    private StartException Damaged(string fault, Exception? cause)
    {
        var text = $"The data file {Path} is damaged ({fault}). It was left as it is: move it away (with its -wal and -shm files) to start with an empty one, or restore a copy.";
        return cause is null ? new StartException(text) : new StartException(text, cause);
    }

    private static StartException Unwritable(string path, Exception cause) =>
        new($"The data file {path} cannot be opened for writing ({cause.Message}); give this user the right to write there, or name another file with --data-file.", cause);
}
