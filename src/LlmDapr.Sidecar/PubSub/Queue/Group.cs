using LlmDapr.Sidecar.Storage;

namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>
/// An app's place in a topic: what has been read, what is held by a sidecar, what is acknowledged. All sidecars of one app id take from it, so
/// that each message is with one of them at a time. Thread-safe. It holds one page of messages at most, however long the backlog is.
/// </summary>
internal sealed class Group(long topic, long id, long floor, bool hasNotes, Database database, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Message> _ready = [];

    // Everything that was read and is not yet acknowledged, in ready or with a sidecar.
    private readonly SortedSet<long> _open = [];
    private readonly List<Acknowledgement> _waiting = [];
    private long _cursor = floor;

    // Only the write that runs uses it, and one runs at a time.
    private bool _hasNotes = hasNotes;
    private bool _writing;
    private volatile bool _more = true;
    private volatile Action[] _listeners = [];

    /// <summary>Calls <paramref name="wake"/> when there may be something to take.</summary>
    public void Listen(Action wake)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners, wake];
        }
    }

    /// <summary>Whether other sidecars of the app take messages, too.</summary>
    public bool IsShared => _listeners.Length > 1;

    /// <summary>Ends <see cref="Listen"/>.</summary>
    public void Forget(Action wake)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners.Where(other => other != wake)];
        }
    }

    /// <summary>There are new messages.</summary>
    public void Signal()
    {
        _more = true;
        Wake();
    }

    /// <summary>The oldest message that nobody holds; null when there is none. It is the caller's until <see cref="AckAsync"/> or <see cref="Return"/>.</summary>
    /// <exception cref="StorageException">The data file could not be read.</exception>
    public Message? TryTake()
    {
        lock (_lock)
        {
            if (_ready.Count == 0 && _more)
            {
                ReadNeedsLock();
            }

            if (_ready.Count == 0)
            {
                return null;
            }

            var first = _ready.First();
            _ready.Remove(first.Key);
            return first.Value;
        }
    }

    /// <summary>Gives a message back: it is still pending, and the next one to be taken.</summary>
    public void Return(Message message)
    {
        lock (_lock)
        {
            _ready[message.Id] = message;
        }

        Wake();
    }

    /// <summary>
    /// Ends a message for this app, and puts it into a dead-letter topic in the same transaction where one is named. Completes when that is
    /// durable. Acknowledgements that come while one is being written share the next write.
    /// </summary>
    /// <exception cref="StorageException">Nothing was written; the message is still the caller's.</exception>
    public Task AckAsync(Message message, Topic? deadLetter)
    {
        var acknowledgement = new Acknowledgement(message, deadLetter);
        lock (_lock)
        {
            _waiting.Add(acknowledgement);
            if (_writing)
            {
                return acknowledgement.Done.Task;
            }

            _writing = true;
        }

        _ = WriteAsync();
        return acknowledgement.Done.Task;
    }

    private void ReadNeedsLock()
    {
        // Before the read: a message that is committed during it sets it again.
        _more = false;
        List<Message> messages;
        try
        {
            (messages, var full) = database.Read(connection => QueueTables.ReadPage(connection, topic, id, _cursor));
            if (full)
            {
                _more = true;
            }
        }
        catch
        {
            _more = true;
            throw;
        }

        foreach (var message in messages)
        {
            _ready.Add(message.Id, message);
            _open.Add(message.Id);
            _cursor = message.Id;
        }
    }

    private async Task WriteAsync()
    {
        while (true)
        {
            Acknowledgement[] batch;
            long reached;
            long[] above;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _writing = false;
                    return;
                }

                batch = [.. _waiting];
                _waiting.Clear();
                foreach (var done in batch)
                {
                    _open.Remove(done.Message.Id);
                }

                reached = _open.Count == 0 ? _cursor : _open.Min - 1;
                above = [.. batch.Select(done => done.Message.Id).Where(message => message > reached)];
            }

            try
            {
                var hadNotes = _hasNotes;
                _hasNotes = await database.WriteAsync(connection => Write(connection, batch, reached, above, hadNotes), CancellationToken.None);
            }
            catch (Exception failed)
            {
                Undo(batch, failed);
                continue;
            }

            foreach (var done in batch)
            {
                done.Done.SetResult();
                done.DeadLetter?.Signal();
            }
        }
    }

    private bool Write(StorageConnection connection, Acknowledgement[] batch, long reached, long[] above, bool hadNotes)
    {
        foreach (var (message, deadLetter) in batch)
        {
            if (deadLetter is not null)
            {
                QueueTables.AddMessage(
                    connection, deadLetter.Id, time.GetUtcNow().ToUnixTimeMilliseconds(), message.Expires, QueueTables.WriteMetadata(message.Metadata), message.Data);
            }
        }

        QueueTables.Acknowledge(connection, id, reached, above, clears: hadNotes);
        return above.Length > 0 || (hadNotes && QueueTables.HasNotes(connection, id));
    }

    private void Undo(Acknowledgement[] batch, Exception failed)
    {
        logger.AckFailed(failed.Message);
        lock (_lock)
        {
            foreach (var done in batch)
            {
                _open.Add(done.Message.Id);
            }
        }

        foreach (var done in batch)
        {
            done.Done.SetException(failed);
        }
    }

    private void Wake()
    {
        foreach (var wake in _listeners)
        {
            wake();
        }
    }

    private sealed record Acknowledgement(Message Message, Topic? DeadLetter)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
