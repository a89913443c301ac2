using Microsoft.Data.Sqlite;

namespace LlmDapr.Sidecar.Storage;

/// <summary>An open connection with its prepared commands. One thread uses it at a time.</summary>
internal sealed class StorageConnection(string connectionString) : SqliteConnection(connectionString)
{
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StorageStatement> _statements = new(StringComparer.Ordinal);

    /// <summary>
    /// The command of a SQL text, prepared once. Its parameters keep their values from one use to the next: set all of them. The texts must
    /// be constants, for nothing is ever dropped.
    /// </summary>
    /// <param name="sql">One statement.</param>
    /// <param name="parameters">The names of its parameters, with their <c>$</c>, in the order in which <c>Parameters[i]</c> has them.</param>
    public SqliteCommand Prepared(string sql, params ReadOnlySpan<string> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = CreateCommand();
            command.CommandText = sql;
            foreach (var name in parameters)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }

            _prepared.Add(sql, command);
        }

        return command;
    }

    /// <summary>The same as a bare statement, for what is read all the time.</summary>
    public StorageStatement Statement(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = new StorageStatement(Handle!, sql);
            _statements.Add(sql, statement);
        }

        return statement;
    }

    /// <summary>Runs a statement that has no parameters and no rows worth reading.</summary>
    public int Execute(string sql) => Prepared(sql).ExecuteNonQuery();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _prepared.Values)
            {
                command.Dispose();
            }

            foreach (var statement in _statements.Values)
            {
                statement.Dispose();
            }

            _prepared.Clear();
            _statements.Clear();
        }

        base.Dispose(disposing);
    }
}
