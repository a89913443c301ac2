using System.Collections.Concurrent;
using LlmDapr.Sidecar.Hosting;
using Microsoft.Data.Sqlite;

namespace LlmDapr.Sidecar.Storage;

/// <summary>
/// The one SQLite file of a sidecar process: WAL, <c>synchronous=NORMAL</c>, one writer, many readers. A write that has been told to be done
/// survives the SIGKILL of this process. All members are safe to use from any thread.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private const int MostIdleReaders = 32;

    private readonly DatabaseFile _file;
    private readonly ILogger _logger;
    private readonly Writer _writer;
    private readonly ConcurrentBag<StorageConnection> _readers = [];
    private int _idleReaders;
    private int _closed;

    private Database(DatabaseFile file, StorageConnection connection, ILogger logger)
    {
        (_file, _logger) = (file, logger);
        _writer = new Writer(connection, logger);
    }

    /// <summary>Where the data is.</summary>
    public string Path => _file.Path;

    /// <summary>Opens the file and brings its tables up to date.</summary>
    /// <param name="path">The file, made when it is missing; null = a temporary one that <see cref="DisposeAsync"/> deletes.</param>
    /// <param name="logger">Where failures go.</param>
    /// <exception cref="StartException">The file is damaged, newer, in use or cannot be written; the message says what to do.</exception>
    public static Database Open(string? path, ILogger logger)
    {
        var file = DatabaseFile.Take(path);
        try
        {
            var database = new Database(file, file.OpenWriter(), logger);
            logger.Opened(file.Path);
            return database;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Runs a work on the writer's thread and completes after its commit. Many works share one transaction, each in a savepoint: a work
    /// that throws is undone and the others are not. It must be quick, and repeatable: a transaction that fails as a whole is run again work by work.
    /// </summary>
    /// <exception cref="StorageException">SQLite could not write; nothing of the work was kept.</exception>
    public Task<T> WriteAsync<T>(Func<StorageConnection, T> work, CancellationToken cancel) => WriteAsync(work, isOneStatement: false, cancel);

    /// <summary>
    /// The same for a work that runs one statement and no more: that is atomic by itself, and needs no savepoint around it, which are two statements more.
    /// </summary>
    /// <exception cref="StorageException">SQLite could not write; nothing of the work was kept.</exception>
    public Task<T> WriteOneAsync<T>(Func<StorageConnection, T> statement, CancellationToken cancel) => WriteAsync(statement, isOneStatement: true, cancel);

    private Task<T> WriteAsync<T>(Func<StorageConnection, T> work, bool isOneStatement, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancel);
        }

        var write = new PendingWrite<T>(work, isOneStatement, cancel);
        _writer.Add(write);
        return write.Done;
    }

    /// <summary>Reads on the caller's own thread. The work must finish with its readers before it returns.</summary>
    /// <exception cref="StorageException">SQLite could not read.</exception>
    public T Read<T>(Func<StorageConnection, T> work)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _closed) != 0, this);
        try
        {
            if (_readers.TryTake(out var connection))
            {
                Interlocked.Decrement(ref _idleReaders);
            }
            else
            {
                connection = _file.OpenReader();
            }

            try
            {
                return work(connection);
            }
            finally
            {
                Return(connection);
            }
        }
        catch (SqliteException failure)
        {
            var explained = Explain(failure);
            _logger.ReadFailed(explained.Message);
            throw explained;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        // Last, so that its end folds the log into the file.
        _writer.Dispose();
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>SQLite's own words and its code, as daprd's store gives them.</summary>
    internal static StorageException Explain(SqliteException failure)
    {
        var message = failure.Message;
        var quote = message.IndexOf('\'', StringComparison.Ordinal);
        var text = quote >= 0 && message.LastIndexOf('\'') is var end && end > quote ? message[(quote + 1)..end] : message;
        return new StorageException($"{text} ({failure.SqliteErrorCode})", failure);
    }

    private void Return(StorageConnection connection)
    {
        // A count of one's own: the bag's would lock out everybody else who reads.
        if (Interlocked.Increment(ref _idleReaders) <= MostIdleReaders && Volatile.Read(ref _closed) == 0)
        {
            _readers.Add(connection);
        }
        else
        {
            Interlocked.Decrement(ref _idleReaders);
            connection.Dispose();
        }
    }
}
