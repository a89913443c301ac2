using System.Buffers;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.Errors;
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

    /// <summary>Answers with what a call came to.</summary>
    public static async Task AnswerAsync(HttpContext context, FlightStart.Whole whole, RequestEnvelope request)
    {
        var response = context.Response;
        var body = whole.Body;
        var isStream = request.Stream && whole.Head.Status == StatusCodes.Status200OK;
        if (isStream)
        {
            var stream = new ArrayBufferWriter<byte>(body.Length * 4);
            if (!ChatReplay.TryWrite(body, request.IncludesUsage, stream))
            {
                await response.AnswerAsync(ApiError.Upstream("The answer is none that can be told as a stream."), context.RequestAborted);
                return;
            }

            body = stream.WrittenMemory;
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
    }
}
