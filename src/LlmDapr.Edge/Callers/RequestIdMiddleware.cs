using System.Buffers;
using LlmDapr.Contracts;

namespace LlmDapr.Edge.Callers;

/// <summary>Gives every request an id, the caller's own where it is sane, and every answer the same.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    private const int MaxLength = 128;
    private static readonly SearchValues<char> Sane = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    public Task InvokeAsync(HttpContext context)
    {
        var given = context.Request.Headers[HeaderNames.RequestId].ToString();
        context.TraceIdentifier = given.Length is > 0 and <= MaxLength && !given.AsSpan().ContainsAnyExcept(Sane) ? given : $"req_{Guid.CreateVersion7():n}";
        context.Response.Headers[HeaderNames.RequestId] = context.TraceIdentifier;
        return next(context);
    }
}
