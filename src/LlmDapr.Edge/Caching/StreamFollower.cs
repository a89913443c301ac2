using System.Buffers;
using System.IO.Pipelines;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.PromptCache.Flights;
using LlmDapr.ServiceDefaults.Waiting;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Caching;

/// <summary>Gives a shared stream to one caller, at its pace: what was said so far and then what comes. It ends visibly broken unless it is complete.</summary>
internal sealed class StreamFollower(IOptions<ForwardingOptions> options, TimeProvider time)
{
    // Beyond this, whoever reads slowly is waited for.
    private const int MostUnsent = 64 * 1024;

    private readonly ForwardingOptions _options = options.Value;

    /// <exception cref="IncompleteAnswerException">The stream broke after its head had gone out; the caller has been told.</exception>
    public Task SendAsync(HttpContext context, FlightStart.Streaming streaming, StreamPart first, bool includesUsage, CancellationToken cancellationToken)
    {
        context.Response.WriteHead(streaming.Head);
        context.Response.Headers.CacheControl = "no-cache";

        // An async method would hold on to the first part, and so to all, as long as it runs.
        return EndAsync(context, streaming.Stream, FollowAsync(first, context.Response.BodyWriter, includesUsage, cancellationToken));
    }

    private static async Task EndAsync(HttpContext context, SharedStream stream, Task following)
    {
        StreamEnd? end = null;
        try
        {
            await following;
            end = stream.End;
        }
        catch (OperationCanceledException e) when (!context.RequestAborted.IsCancellationRequested && e is not CallerLeftException)
        {
            // The caller is there, so that only the deadline can have cancelled.
        }

        if (end is { IsComplete: true })
        {
            return;
        }

        context.RequestAborted.ThrowIfCancellationRequested();
        if (end is not { IsTold: true })
        {
            var error = end?.Error ?? ApiError.Timeout("The stream was not complete within its deadline.");
            await context.Response.BodyWriter.WriteAsync(HopFormat.Event(error.ToJson().Span), context.RequestAborted);
        }

        throw new IncompleteAnswerException("The stream broke before the answer was complete.");
    }

    // What has piled up goes out together; the sending is waited for only when there is nothing more to write.
    private async Task FollowAsync(StreamPart part, PipeWriter output, bool includesUsage, CancellationToken cancellationToken)
    {
        Func<Task> keepAlive = async () =>
        {
            output.Write(StreamRelay.KeepAlive);
            await SendAsync(output, cancellationToken);
        };
        while (true)
        {
            if (!part.Next.IsCompleted)
            {
                await SendAsync(output, cancellationToken);
            }

            var next = part.Next.IsCompleted ? await part.Next : await part.Next.WaitAsync(cancellationToken).WithHeartbeatAsync(_options.KeepAlive, time, keepAlive);
            if (next is null)
            {
                await SendAsync(output, cancellationToken);
                return;
            }

            part = next;
            if (!part.IsUsage || includesUsage)
            {
                output.Write(part.Bytes.Span);
                if (output.UnflushedBytes > MostUnsent)
                {
                    await SendAsync(output, cancellationToken);
                }
            }
        }
    }

    private static async ValueTask SendAsync(PipeWriter output, CancellationToken cancellationToken)
    {
        // Completed means that nobody reads any more, which the caller's token is about to say.
        if ((await output.FlushAsync(cancellationToken)).IsCompleted)
        {
            throw new CallerLeftException();
        }
    }
}
