using System.Text;

namespace LlmDapr.Edge.Forwarding;

/// <summary>What came instead of a hop answer: daprd's own error, or that of something between.</summary>
/// <param name="Message">Its beginning, for the log.</param>
/// <param name="IsBreaker">Whether daprd's circuit breaker refused: it is open, or half-open and busy with its one probe.</param>
internal readonly record struct DaprRefusal(string Message, bool IsBreaker)
{
    private const int MaxBytes = 4096;

    public static async Task<DaprRefusal> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBytes];
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var count = await stream.ReadAtLeastAsync(buffer, MaxBytes, throwOnEndOfStream: false, cancellationToken);
        var message = Encoding.UTF8.GetString(buffer, 0, count);
        var isDapr = message.Contains("ERR_DIRECT_INVOKE", StringComparison.Ordinal);
        return new DaprRefusal(
            message,
            isDapr && (message.Contains("circuit breaker is open", StringComparison.Ordinal) || message.Contains("too many requests", StringComparison.Ordinal)));
    }
}
