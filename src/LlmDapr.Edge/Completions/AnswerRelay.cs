using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.ServiceDefaults.Waiting;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Completions;

/// <summary>
/// Gives generation's answer to the caller. A plain body is held whole before the caller is told of it; a stream goes on event by event, and ends
/// visibly broken unless its last event is <c>[DONE]</c>.
/// </summary>
internal sealed class AnswerRelay(IOptions<ForwardingOptions> options, TimeProvider time, ILogger<AnswerRelay> logger)
{
    private readonly ForwardingOptions _options = options.Value;

    /// <exception cref="IncompleteAnswerException">A stream broke after its head had gone out; the caller has been told.</exception>
    public Task SendAsync(HttpContext context, HopResponse answer, CancellationToken cancellationToken) =>
        answer.Head.Length is { } length
            ? SendPlainAsync(context, answer, length, cancellationToken)
            : SendStreamAsync(context, answer, cancellationToken);

    private async Task SendPlainAsync(HttpContext context, HopResponse answer, long length, CancellationToken cancellationToken)
    {
        if (length > _options.MaxAnswerBytes)
        {
            await context.Response.AnswerAsync(ApiError.Upstream($"The answer is larger than {_options.MaxAnswerBytes} bytes (Forwarding:MaxAnswerBytes)."), cancellationToken);
            return;
        }

        if (await answer.ReadPlainAsync(length, cancellationToken) is not { } body)
        {
            logger.BodyCut(length);
            await context.Response.AnswerAsync(ApiError.Upstream("The answer broke off on its way."), cancellationToken);
            return;
        }

        context.Response.WriteHead(answer.Head);
        context.Response.ContentLength = length;

        // The answer was there in time: however slowly it is read, no deadline makes a part of it of a whole one.
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private async Task SendStreamAsync(HttpContext context, HopResponse answer, CancellationToken cancellationToken)
    {
        context.Response.WriteHead(answer.Head);
        context.Response.Headers.CacheControl = "no-cache";
        var events = new StreamRelay(context.Response.BodyWriter);
        try
        {
            await CopyAsync(answer, events, cancellationToken);
        }
        catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && e is IOException or HttpRequestException or OperationCanceledException and not CallerLeftException)
        {
            logger.StreamCut(e.Message);
        }

        if (events.IsComplete)
        {
            return;
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        if (!events.EndsWithError)
        {
            // The caller is there, so that only the deadline can have cancelled.
            var error = cancellationToken.IsCancellationRequested
                ? ApiError.Timeout("The stream was not complete within its deadline.")
                : ApiError.Upstream("The stream broke before the answer was complete.");
            await events.WriteAsync(HopFormat.Event(error.ToJson().Span), context.RequestAborted);
        }

        throw new IncompleteAnswerException("The stream broke before the answer was complete.");
    }

    private async Task CopyAsync(HopResponse answer, StreamRelay events, CancellationToken cancellationToken)
    {
        var ended = false;
        Func<Task> keepAlive = async () => await events.WriteAsync(StreamRelay.KeepAlive, cancellationToken);
        while (!ended)
        {
            var reading = answer.Body.ReadAsync(cancellationToken);
            var read = reading.IsCompletedSuccessfully ? reading.Result : await reading.AsTask().WithHeartbeatAsync(_options.KeepAlive, time, keepAlive);
            var consumed = await events.ForwardAsync(read.Buffer, cancellationToken);
            answer.Body.AdvanceTo(consumed, read.Buffer.End);
            ended = read.IsCompleted;
        }

        answer.ReadToEnd();
    }
}
