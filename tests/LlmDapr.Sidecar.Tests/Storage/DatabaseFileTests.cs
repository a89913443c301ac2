using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Tests.Storage;

public sealed class DatabaseFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llmdapr-datafile-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string FilePath => Path.Combine(_folder.FullName, "data", "llmdapr.db");

    [Fact]
    public async Task Open_MissingFolder_IsMadeAndTheFileKeepsWhatItHas()
    {
        await using (var database = Open())
        {
            await PutAsync(database, 1);
        }

        await using var again = Open();
        Assert.Equal(1, again.Read(connection => (long)connection.Prepared("SELECT count(*) FROM state").ExecuteScalar()!));
        Assert.Equal("wal", again.Read(connection => (string)connection.Prepared("PRAGMA journal_mode").ExecuteScalar()!));
    }

    [Fact]
    public async Task Open_SecondTime_SaysThatItIsInUse()
    {
        await using var database = Open();

        Assert.Contains("is in use by another sidecar process; end that one, or name another file with --data-file", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is no database, only some text that somebody wrote over it")]
    [InlineData("SQLite format 3\0 but then nothing that belongs there, and so on and so forth")]
    public void Open_NotADatabase_SaysThatItIsDamagedAndLeavesIt(string text)
    {
        _folder.CreateSubdirectory("data");
        File.WriteAllText(FilePath, text.PadRight(8192, 'x'));
        var before = File.ReadAllBytes(FilePath);

        var message = Refused();

        Assert.Contains("is damaged", message, StringComparison.Ordinal);
        Assert.Contains("move it away", message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public async Task Open_PagesOverwritten_SaysThatItIsDamagedAndLeavesIt()
    {
        await using (var database = Open())
        {
            await PutAsync(database, 500);
        }

        var bytes = await File.ReadAllBytesAsync(FilePath, Cancel);
        Assert.True(bytes.Length > 40_000);
        Array.Fill(bytes, (byte)0x5A, 8192, 20_000);
        await File.WriteAllBytesAsync(FilePath, bytes, Cancel);

        Assert.Contains("is damaged", Refused(), StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(FilePath, Cancel));
    }

    [Fact]
    public async Task Read_PagesOverwrittenWhileItRuns_IsAFailureOfThatReadAndNoCrash()
    {
        await using (var before = Open())
        {
            await PutAsync(before, 500);
        }

        await using var database = Open();
        var bytes = await File.ReadAllBytesAsync(FilePath, Cancel);
        Array.Fill(bytes, (byte)0x5A, 8192, bytes.Length - 8192);
        await File.WriteAllBytesAsync(FilePath, bytes, Cancel);

        var failure = Assert.Throws<StorageException>(() => database.Read(connection => connection.Prepared("SELECT sum(length(value)) FROM state").ExecuteScalar()));
        Assert.Contains("malformed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_NewerVersion_SaysWhichOnesItKnows()
    {
        await using (Open())
        {
        }

        Execute("PRAGMA user_version=99");

        Assert.Contains($"has version 99, and this sidecar knows versions up to {Schema.Steps.Count}", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherProgramsDatabase_IsLeftAlone()
    {
        _folder.CreateSubdirectory("data");
        Execute("CREATE TABLE theirs (x)");

        Assert.Contains("is a SQLite file of another program", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LogWithoutItsFile_IsNotThrownAway()
    {
        _folder.CreateSubdirectory("data");
        File.WriteAllText(FilePath + "-wal", "somebody's last writes");

        Assert.Contains("lies there without its data file", Refused(), StringComparison.Ordinal);
        Assert.True(File.Exists(FilePath + "-wal"));
    }

    [Fact]
    public void Open_FolderThatIsAFile_SaysThatItCannotBeWritten()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "data"), "");

        Assert.Contains("cannot be opened for writing", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Folder_SaysToNameAFile()
    {
        Directory.CreateDirectory(FilePath);

        Assert.Contains("is a folder; name a file with --data-file", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_RefusedFile_CanBeOpenedOnceItIsMended()
    {
        _folder.CreateSubdirectory("data");
        await File.WriteAllTextAsync(FilePath, "no database, and longer than a header of SQLite's would be: so it goes.".PadRight(4096), Cancel);
        Refused();
        File.Delete(FilePath);

        await using var database = Open();
        Assert.Equal(FilePath, database.Path);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<int> PutAsync(Database database, int rows) => database.WriteAsync(
        connection =>
        {
            for (var i = 0; i < rows; i++)
            {
                var command = connection.Prepared("INSERT INTO state (component, key, etag, value) VALUES ('c', $key, 'e', randomblob(100))", "$key");
                command.Parameters[0].Value = $"k{i}";
                command.ExecuteNonQuery();
            }

            return rows;
        },
        Cancel);

    private Database Open() => Database.Open(FilePath, NullLogger.Instance);

    private string Refused() => Assert.Throws<StartException>(Open).Message;

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
