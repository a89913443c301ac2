namespace LlmDapr.Dapr.Conformance.App;

/// <summary>What a script may do with one request.</summary>
public sealed class AppScript
{
    private readonly AppConnection _connection;

    internal AppScript(AppConnection connection) => _connection = connection;

    /// <summary>The request.</summary>
    public ReceivedRequest Request => _connection.Request;

    /// <summary>Which attempt of the request's target this is, from 1.</summary>
    public int CountAttempt() => _connection.App.CountAttempt(Request.Target);

    /// <summary>Answers with a length.</summary>
    /// <param name="status">The status.</param>
    /// <param name="body">The body.</param>
    /// <param name="headers">Header lines, each with its CRLF.</param>
    /// <param name="cancel">The end of the test.</param>
    public Task AnswerAsync(int status, string body, string headers, CancellationToken cancel) => _connection.AnswerAsync(status, body, headers, cancel);

    /// <summary>Writes raw bytes, one a char.</summary>
    public Task WriteAsync(string text, CancellationToken cancel) => _connection.WriteAsync(text, cancel);

    /// <summary>Waits; false when the sidecar left meanwhile.</summary>
    public Task<bool> PauseAsync(int milliseconds, CancellationToken cancel) => _connection.PauseAsync(milliseconds, cancel);
}
