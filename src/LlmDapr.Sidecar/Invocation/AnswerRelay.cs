using System.Buffers;
using System.IO.Compression;
using System.Text;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>
/// Brings an app's answer to the caller by daprd's rules: each read is flushed, the head travels with the first bytes of the body, an
/// error answer to a request with a length is read whole first (a further attempt may replace it), and a body that the app cuts ends
/// cleanly. YARP's own copy would abort the caller's connection there, which is why it is not used.
/// </summary>
internal static class AnswerRelay
{
    private const int ReadSize = 16 * 1024;

    /// <summary>Relays or keeps the answer.</summary>
    public static async ValueTask<AttemptResult> RelayAsync(InvocationCall call, HttpResponseMessage answer, CancellationToken cancel)
    {
        var status = (int)answer.StatusCode;
        var special = call.ExactEventStream && call.Kind == ChannelKind.Remote;
        if (special && status is < 200 or > 299)
        {
            return new AttemptResult(AttemptEnd.Failed, status, 13, call.FarSide + "no response received from stream", Committed: false);
        }

        await using var body = await OpenAsync(call, answer, cancel);
        ResponseHeaders.Copy(call, answer, body is GZipStream);
        if (status is < 200 or > 399 && call.HasLength)
        {
            call.PendingBody = await ReadAllAsync(body, cancel);
            if (call.Context.Response.Headers.ContentType.Count == 0)
            {
                call.Context.Response.ContentType = "application/json";
            }

            return new AttemptResult(AttemptEnd.Answered, status, 0, null, Committed: false);
        }

        return await StreamAsync(call, body, status, special, cancel);
    }

    private static async ValueTask<Stream> OpenAsync(InvocationCall call, HttpResponseMessage answer, CancellationToken cancel)
    {
        var body = await answer.Content.ReadAsStreamAsync(cancel);
        return call.AsksForGzip
            && answer.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var encoding)
            && string.Equals(encoding.ToString(), "gzip", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(body, CompressionMode.Decompress)
                : body;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(Stream body, CancellationToken cancel)
    {
        var all = new ArrayBufferWriter<byte>(1024);
        while (true)
        {
            int read;
            try
            {
                read = await body.ReadAsync(all.GetMemory(1024), cancel);
            }
            catch (Exception cut) when (IsCut(cut))
            {
                read = 0;
            }

            if (read == 0)
            {
                return all.WrittenMemory;
            }

            all.Advance(read);
        }
    }

    private static async ValueTask<AttemptResult> StreamAsync(
        InvocationCall call, Stream body, int status, bool special, CancellationToken cancel)
    {
        var response = call.Context.Response;
        if (status is StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified or StatusCodes.Status204NoContent && !special)
        {
            // HTTP gives these no body, and Kestrel would end a 205 with one only together with the connection.
            await EndEmptyAsync(call, status);
            return new AttemptResult(AttemptEnd.Answered, status, 0, null, Committed: true);
        }

        var writer = response.BodyWriter;
        var first = true;
        while (true)
        {
            var memory = writer.GetMemory(ReadSize);
            int read;
            Exception? broken = null;
            try
            {
                read = await body.ReadAsync(memory, cancel);
            }
            catch (Exception cut) when (IsCut(cut))
            {
                (read, broken) = (0, cut);
            }

            if (read > 0)
            {
                if (first)
                {
                    first = false;
                    if (response.Headers.ContentType.Count == 0)
                    {
                        response.ContentType = status >= 400 ? "application/json" : ContentSniffer.Detect(memory.Span[..read]);
                    }
                }

                writer.Advance(read);
                await writer.FlushAsync(cancel);
                continue;
            }

            if (first && special)
            {
                response.Headers.Clear();
                return new AttemptResult(AttemptEnd.Failed, status, 2, broken is null ? "EOF" : "unexpected EOF", Committed: false);
            }

            if (first)
            {
                await EndEmptyAsync(call, status);
            }
            else if (broken is not null && call.ExactEventStream)
            {
                // Only where no second sidecar is in between does daprd add its error to the stream.
                await AppendErrorAsync(call, cancel);
            }

            return new AttemptResult(AttemptEnd.Answered, status, 0, null, Committed: true);
        }
    }

    private static Task EndEmptyAsync(InvocationCall call, int status)
    {
        var response = call.Context.Response;
        if (call.Verb != HttpMethod.Head && status is not (204 or 304))
        {
            response.ContentLength = 0;
        }

        return response.CompleteAsync();
    }

    private static Task AppendErrorAsync(InvocationCall call, CancellationToken cancel)
    {
        if (call.Kind == ChannelKind.Remote)
        {
            return Task.CompletedTask;
        }

        var message = $"failed to invoke, id: {GoPath.ToText(call.Target.AppId)}, err: unexpected EOF";
        var text = $"{{\"errorCode\":\"{DaprError.DirectInvoke}\",\"message\":{DaprError.Quote(message)}}}";
        return call.Context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), cancel).AsTask();
    }

    private static bool IsCut(Exception exception) => exception is IOException or HttpRequestException or InvalidDataException;
}
