using System.Buffers;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Completions;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Answers;
using LlmDapr.PromptCache.Flights;

namespace LlmDapr.Edge.Caching;

/// <summary>
/// Answers with what is whole already: as it is, or told as a stream. Neither has a deadline: it was there in time, and however slowly it is read, no part of
/// it is made of a whole one.
/// </summary>
internal static class CacheReply
{
    private const string Json = "application/json";
    private const string EventStream = "text/event-stream";

    /// <summary>Answers with a kept answer. False when it cannot be told as the stream that the caller wants.</summary>
    public static async ValueTask<bool> TryHitAsync(HttpContext context, CacheLookup found, RequestEnvelope request)
    {
        var (response, answer) = (context.Response, found.Entry!.Answer);
        if (!request.Stream)
        {
            Begin(Json);
            response.ContentLength = answer.Body.Length;
            await response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted);
            return true;
        }

        var stream = new ArrayBufferWriter<byte>(answer.Body.Length * 4);
        if (!ChatReplay.TryWrite(answer.Body, request.IncludesUsage, stream))
        {
            return false;
        }

        Begin(EventStream);
        response.Headers.CacheControl = "no-cache";
        await response.BodyWriter.WriteAsync(stream.WrittenMemory, context.RequestAborted);
        return true;

        void Begin(string contentType)
        {
            response.ContentType = contentType;
            response.WriteTarget(answer.Target);
            response.WriteCacheStatus(CacheStatus.Hit);
            response.WriteAge(found.Age);
        }
    }

    /// <summary>
    /// Answers with what a call came to. False when another's cannot be told as the stream that the caller wants; what came to the caller's own is passed on as it is.
    /// </summary>
    public static async ValueTask<bool> TryAnswerAsync(HttpContext context, FlightStart.Whole whole, RequestEnvelope request, bool isOwn)
    {
        var response = context.Response;
        var body = whole.Body;
        var isStream = false;
        if (request.Stream && whole.Head.Status == StatusCodes.Status200OK)
        {
            var stream = new ArrayBufferWriter<byte>(Math.Max(body.Length * 4, 1));
            isStream = ChatReplay.TryWrite(body, request.IncludesUsage, stream);
            if (!isStream && !isOwn)
            {
                return false;
            }

            body = isStream ? stream.WrittenMemory : body;
        }

        response.WriteHead(whole.Head);
        if (isStream)
        {
            response.ContentType = EventStream;
            response.Headers.CacheControl = "no-cache";
        }
        else
        {
            response.ContentLength = body.Length;
        }

        await response.BodyWriter.WriteAsync(body, context.RequestAborted);
        return true;
    }
}
