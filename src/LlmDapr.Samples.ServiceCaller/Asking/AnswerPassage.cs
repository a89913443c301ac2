using System.Net;

namespace LlmDapr.Samples.ServiceCaller.Asking;

/// <summary>Passes one answer on, piece by piece. An answer that is not whole does not look as if it were.</summary>
internal sealed class AnswerPassage(HttpContext context)
{
    /// <summary>How every whole stream of LlmDapr ends.</summary>
    private static ReadOnlySpan<byte> Done => "data: [DONE]\n\n"u8;

    private readonly byte[] _last = new byte[Done.Length];

    /// <summary>Passes the answer on.</summary>
    /// <exception cref="IOException">It ended before it was whole. Out of the pipeline with it: what has been passed on is sent, and the connection ends without its last chunk.</exception>
    public async Task RunAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var type = answer.Content.Headers.ContentType;
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = type?.ToString();
        if (answer.Headers.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = retryAfter.ToString();
        }

        await CopyAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken);

        // A sidecar ends a broken answer as if it were whole: only the answer itself can tell.
        if (answer.StatusCode == HttpStatusCode.OK && type?.MediaType == "text/event-stream" && !Done.SequenceEqual(_last))
        {
            throw new IOException("The stream has no [DONE].");
        }
    }

    private async Task CopyAsync(Stream from, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            var piece = buffer.AsMemory(0, count);
            Remember(piece.Span);
            await context.Response.Body.WriteAsync(piece, cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }
    }

    private void Remember(ReadOnlySpan<byte> piece)
    {
        var kept = Math.Max(0, _last.Length - piece.Length);
        _last.AsSpan(_last.Length - kept).CopyTo(_last);
        piece[^(_last.Length - kept)..].CopyTo(_last.AsSpan(kept));
    }
}
