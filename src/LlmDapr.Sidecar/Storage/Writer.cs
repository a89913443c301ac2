using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace LlmDapr.Sidecar.Storage;

/// <summary>
/// The one thread that writes. It takes everything that waits, runs each work in a savepoint of one transaction, commits, and only then
/// tells the waiters: so 64 writers share the cost of a commit. Disposing ends it after the works that it has been given.
/// </summary>
internal sealed class Writer : IDisposable
{
    // More in one transaction saves nothing and lets the first of them wait.
    private const int MostAtOnce = 256;

    private readonly StorageConnection _connection;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _thread;
    private Queue<PendingWrite> _waiting = new();
    private Queue<PendingWrite> _taken = new();
    private bool _asleep;
    private bool _closed;

    // Only the thread's own: a full disk must not fill its log, too.
    private bool _failing;

    /// <summary>Starts the thread; the connection is its own from now on.</summary>
    public Writer(StorageConnection connection, ILogger logger)
    {
        (_connection, _logger) = (connection, logger);
        _thread = new Thread(Run) { IsBackground = true, Name = "llmdapr-data-writer" };
        _thread.Start();
    }

    /// <summary>Gives it a work.</summary>
    /// <exception cref="ObjectDisposedException">It has ended.</exception>
    public void Add(PendingWrite write)
    {
        bool wake;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Enqueue(write);
            (wake, _asleep) = (_asleep, false);
        }

        if (wake)
        {
            _work.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            (_closed, _asleep) = (true, false);
        }

        _work.Release();
        _thread.Join();
        _work.Dispose();
        _connection.Dispose();
    }

    private void Run()
    {
        var batch = new List<PendingWrite>(MostAtOnce);
        while (Take())
        {
            while (_taken.Count > 0)
            {
                batch.Clear();
                while (batch.Count < MostAtOnce && _taken.TryDequeue(out var write))
                {
                    if (write.IsCancelled)
                    {
                        write.Cancel();
                    }
                    else
                    {
                        batch.Add(write);
                    }
                }

                Commit(batch);
            }
        }
    }

    // Sleeps until there is work; false when there is none and never will be.
    private bool Take()
    {
        while (true)
        {
            lock (_lock)
            {
                if (_waiting.Count > 0)
                {
                    (_waiting, _taken) = (_taken, _waiting);
                    return true;
                }

                if (_closed)
                {
                    return false;
                }

                _asleep = true;
            }

            _work.Wait();
        }
    }

    private void Commit(List<PendingWrite> batch)
    {
        if (batch.Count == 0)
        {
            return;
        }

        if (TryCommit(batch) is { } failure)
        {
            if (batch.Count == 1)
            {
                batch[0].Fault = failure;
            }
            else
            {
                // One work too many for a nearly full disk must not take the others with it.
                foreach (var write in batch)
                {
                    // A fault of the work's own stays: the commit without it is no success of its.
                    write.Fault = TryCommit([write]) ?? write.Fault;
                }
            }
        }

        NoteHealth(batch);
        foreach (var write in batch)
        {
            write.Complete();
        }
    }

    private void NoteHealth(List<PendingWrite> batch)
    {
        var failure = batch.Select(write => write.Fault).OfType<StorageException>().FirstOrDefault();
        if (failure is not null && !_failing)
        {
            _logger.WriteFailed(failure.Message);
        }
        else if (failure is null && _failing)
        {
            _logger.WriteRecovered();
        }

        _failing = failure is not null;
    }

    // What went wrong with the transaction as a whole; faults of single works stay with them.
    private StorageException? TryCommit(List<PendingWrite> batch)
    {
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (var write in batch)
            {
                write.Fault = null;
                if (RunOne(write) is { } failure)
                {
                    return Undo(failure);
                }
            }

            _connection.Execute("COMMIT");
            return null;
        }
        catch (SqliteException failure)
        {
            return Undo(failure);
        }
    }

    private SqliteException? RunOne(PendingWrite write)
    {
        var isSaved = !write.IsOneStatement;
        if (isSaved)
        {
            _connection.Execute("SAVEPOINT work");
        }

        try
        {
            write.Run(_connection);
            if (isSaved)
            {
                _connection.Execute("RELEASE work");
            }

            return null;
        }
        catch (SqliteException failure) when (raw.sqlite3_get_autocommit(_connection.Handle) != 0)
        {
            // SQLite has undone the whole transaction by itself: the disk is full or broken.
            return failure;
        }
        catch (Exception failure)
        {
            if (isSaved)
            {
                _connection.Execute("ROLLBACK TO work");
                _connection.Execute("RELEASE work");
            }

            write.Fault = failure is SqliteException broken ? Database.Explain(broken) : failure;
            return null;
        }
    }

    private StorageException Undo(SqliteException failure)
    {
        try
        {
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _connection.Execute("ROLLBACK");
            }
        }
        catch (SqliteException)
        {
            // It was undone already.
        }

        return Database.Explain(failure);
    }
}
