using LlmDapr.Sidecar.Storage;
using Microsoft.Extensions.Logging.Testing;
using SQLitePCL;

namespace LlmDapr.Sidecar.Tests.Storage;

public sealed class DatabaseTests : IAsyncDisposable
{
    private readonly FakeLogger _logger = new();
    private readonly Database _database;

    public DatabaseTests() => _database = Database.Open(null, _logger);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WriteAsync_Done_IsSeenByEachReader()
    {
        await PutAsync("a");

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(Count, Cancel))), count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task WriteAsync_ManyWaiting_ShareOneCommit()
    {
        var commits = 0;
        await _database.WriteAsync(
            connection =>
            {
                raw.sqlite3_commit_hook(connection.Handle, _ => Interlocked.Increment(ref commits) * 0, null);
                return 0;
            },
            Cancel);
        using var gate = new ManualResetEventSlim();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var writes = Enumerable.Range(0, 100).Select(i => PutAsync($"k{i}")).ToArray();
        var before = Volatile.Read(ref commits);
        gate.Set();
        await Task.WhenAll([held, .. writes]);

        Assert.Equal(100, Count());
        Assert.InRange(Volatile.Read(ref commits) - before, 1, 2);
    }

    [Fact]
    public async Task WriteAsync_OneThrows_IsUndoneAloneAndTheOthersAreKept()
    {
        using var gate = new ManualResetEventSlim();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var first = PutAsync("a");
        var bad = _database.WriteAsync<int>(
            connection =>
            {
                Insert(connection, "half");
                throw new InvalidOperationException("no");
            },
            Cancel);
        var last = PutAsync("b");
        gate.Set();

        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
        await Task.WhenAll(held, first, last);
        Assert.Equal(2, Count());
    }

    [Fact]
    public async Task WriteOneAsync_StatementFailsAtItsSecondRow_LeavesNothingAndTheOthersAreKept()
    {
        using var gate = new ManualResetEventSlim();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var first = _database.WriteOneAsync(connection => Insert(connection, "a"), Cancel);
        var bad = _database.WriteOneAsync(
            connection => connection.Execute("INSERT INTO state (component, key, etag, value) VALUES ('c', 'twice', 'e', x'00'), ('c', 'twice', 'e', x'00')"), Cancel);
        var last = _database.WriteOneAsync(connection => Insert(connection, "b"), Cancel);
        gate.Set();

        Assert.Contains("UNIQUE", (await Assert.ThrowsAsync<StorageException>(() => bad)).Message, StringComparison.Ordinal);
        await Task.WhenAll(held, first, last);
        Assert.Equal(2, Count());
    }

    [Fact]
    public async Task WriteAsync_CancelledWhileItWaits_IsNotRun()
    {
        using var gate = new ManualResetEventSlim();
        using var left = new CancellationTokenSource();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var write = _database.WriteAsync(connection => Insert(connection, "a"), left.Token);
        await left.CancelAsync();
        gate.Set();
        await held;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        Assert.Equal(0, Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_DiskFull_FailsWithSqlitesWordsAndGoesOnWhenThereIsRoom(bool oneStatement)
    {
        await PutAsync("before");
        await LimitAsync(1);
        var failure = await Assert.ThrowsAsync<StorageException>(() => PutAsync("big", 1_000_000, oneStatement));
        await LimitAsync(1_000_000);
        await PutAsync("after", 1_000_000);

        Assert.Equal("database or disk is full (13)", failure.Message);
        Assert.Equal(2, Count());
        Assert.Single(_logger.Collector.GetSnapshot(), record => record.Level == LogLevel.Error);
        Assert.Contains(_logger.Collector.GetSnapshot(), record => record.Message == "Writes to the data file succeed again");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WriteAsync_OneTooBigForTheDisk_DoesNotTakeTheOthersOfItsTransactionWithIt(bool oneStatement)
    {
        // Room for the small ones, which fit on the pages there are.
        await PutAsync("filler", 100_000);
        await _database.WriteAsync(connection => connection.Execute("DELETE FROM state"), Cancel);
        await LimitAsync(1);
        using var gate = new ManualResetEventSlim();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var small = Enumerable.Range(0, 5).Select(i => PutAsync($"k{i}", oneStatement: oneStatement)).ToArray();
        var big = PutAsync("big", 5_000_000, oneStatement);
        gate.Set();

        await Assert.ThrowsAsync<StorageException>(() => big);
        await Task.WhenAll([held, .. small]);
        Assert.Equal(5, Count());
    }

    [Fact]
    public async Task WriteAsync_OneThrowsInATransactionThatIsRunAgain_IsToldSo()
    {
        await LimitAsync(1);
        using var gate = new ManualResetEventSlim();
        var held = _database.WriteAsync(
            _ =>
            {
                gate.Wait(Cancel);
                return 0;
            },
            Cancel);
        var bad = _database.WriteAsync<int>(_ => throw new InvalidOperationException("no"), Cancel);
        var big = PutAsync("big", 5_000_000);
        gate.Set();
        await held;

        await Assert.ThrowsAsync<StorageException>(() => big);
        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => bad)).Message);
    }

    [Fact]
    public async Task DisposeAsync_WritesWaiting_AreDoneFirst()
    {
        var writes = Enumerable.Range(0, 500).Select(i => PutAsync($"k{i}")).ToArray();
        await _database.DisposeAsync();

        Assert.All(await Task.WhenAll(writes), changed => Assert.Equal(1, changed));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => PutAsync("late"));
        Assert.Throws<ObjectDisposedException>(() => Count());
    }

    [Fact]
    public async Task DisposeAsync_TemporaryFile_IsGone()
    {
        Assert.True(File.Exists(_database.Path));
        await _database.DisposeAsync();

        Assert.False(Directory.Exists(Path.GetDirectoryName(_database.Path)));
    }

    [Fact]
    public void Read_Work_CannotWrite()
    {
        var failure = Assert.Throws<StorageException>(() => _database.Read(connection => Insert(connection, "a")));

        Assert.Contains("readonly", failure.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static int Insert(StorageConnection connection, string key, int bytes = 1)
    {
        var command = connection.Prepared("INSERT INTO state (component, key, etag, value) VALUES ('c', $key, 'e', zeroblob($bytes))", "$key", "$bytes");
        command.Parameters[0].Value = key;
        command.Parameters[1].Value = bytes;
        return command.ExecuteNonQuery();
    }

    private Task<int> PutAsync(string key, int bytes = 1, bool oneStatement = false) => oneStatement
        ? _database.WriteOneAsync(connection => Insert(connection, key, bytes), Cancel)
        : _database.WriteAsync(connection => Insert(connection, key, bytes), Cancel);

    // SQLite takes the present size where the limit is below it.
    private Task<int> LimitAsync(int pages) => _database.WriteAsync(connection => connection.Execute($"PRAGMA max_page_count={pages}"), Cancel);

    private long Count() => _database.Read(connection => (long)connection.Prepared("SELECT count(*) FROM state").ExecuteScalar()!);
}
