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

    /// <summary>The answer in the form that the caller wants; null when it cannot be told as a stream.</summary>
    public static ReadOnlyMemory<byte>? Tell(ReadOnlyMemory<byte> body, RequestEnvelope request)
    {
        if (!request.Stream)
        {
            return body;
        }

        var stream = new ArrayBufferWriter<byte>(Math.Max(body.Length * 4, 1));
        return ChatReplay.TryWrite(body, request.IncludesUsage, stream) ? stream.WrittenMemory : default(ReadOnlyMemory<byte>?);
    }

    /// <summary>Answers with a kept answer, told as the caller wants it.</summary>
    public static async ValueTask HitAsync(HttpContext context, CacheLookup found, ReadOnlyMemory<byte> told, bool isStream)
    {
        var response = context.Response;
        response.WriteTarget(found.Entry!.Answer.Target);
        response.WriteCacheStatus(CacheStatus.Hit);
        response.WriteAge(found.Age);
        response.ContentType = Json;
        await WriteAsync(context, told, isStream);
    }

    /// <summary>
    /// Answers with what a call came to. False when another's cannot be told as the stream that the caller wants; what the caller's own came to is passed on as it is.
    /// </summary>
    public static async ValueTask<bool> TryAnswerAsync(HttpContext context, FlightStart.Whole whole, RequestEnvelope request, bool isOwn)
    {
        var isSuccess = whole.Head.Status == StatusCodes.Status200OK;
        var told = isSuccess ? Tell(whole.Body, request) : whole.Body;
        if (told is null && !isOwn)
        {
            return false;
        }

        context.Response.WriteHead(whole.Head);
        await WriteAsync(context, told ?? whole.Body, request.Stream && isSuccess && told is not null);
        return true;
    }

    private static async ValueTask WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, bool isStream)
    {
        var response = context.Response;
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
