using System.Text;
using LlmDapr.Sidecar.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmDapr.Sidecar.Tests.Storage;

public sealed class StorageStatementTests : IAsyncDisposable
{
    private readonly Database _database = Database.Open(null, NullLogger.Instance);

    [Theory]
    [InlineData("a")]
    [InlineData("with a \0 in it")]
    [InlineData("ünïcödé 💡")]
    public void Bind_Text_ComesBackByteByByte(string text)
    {
        Assert.Equal(text, Echo(text).Text);
        Assert.Equal(Encoding.UTF8.GetBytes(text), Echo(text).Bytes);

        // Too long for the stack.
        var longer = string.Concat(Enumerable.Repeat(text, 1000));
        Assert.Equal(Encoding.UTF8.GetBytes(longer), Echo(longer).Bytes);
    }

    [Fact]
    public void Number_Null_IsNoZero() => _database.Read(connection =>
    {
        var select = connection.Statement("SELECT NULL, 0, ?1");
        select.Bind(1, long.MaxValue);
        Assert.True(select.Step());
        Assert.Equal((null, 0, long.MaxValue), (select.Number(0), select.Number(1), select.Number(2)));
        Assert.False(select.Step());
        select.Reset();
        return 0;
    });

    [Fact]
    public void Step_Fails_SaysWhyAndCanBeUsedAgain() => _database.Read(connection =>
    {
        var select = connection.Statement("SELECT abs(?1)");
        select.Bind(1, long.MinValue);
        Assert.Contains("overflow", Assert.Throws<SqliteException>(() => select.Step()).Message, StringComparison.Ordinal);
        select.Reset();
        select.Bind(1, -5);
        Assert.True(select.Step());
        Assert.Equal(5, select.Number(0));
        select.Reset();
        return 0;
    });

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private (string Text, byte[] Bytes) Echo(string text) => _database.Read(connection =>
    {
        var select = connection.Statement("SELECT ?1, CAST(?1 AS BLOB)");
        select.Bind(1, text);
        Assert.True(select.Step());
        var echo = (select.Text(0), select.Bytes(1));
        select.Reset();
        return echo;
    });
}
