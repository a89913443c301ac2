using LlmDapr.Contracts.Errors;
using LlmDapr.Edge.Errors;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Purging;
using LlmDapr.ServiceDefaults.Requests;

namespace LlmDapr.Edge.Caching;

/// <summary><c>POST /admin/cache/purge</c>.</summary>
internal sealed class CachePurge(AnswerCache cache, ILogger<CachePurge> logger)
{
    private const int MaxRequestBytes = 64 * 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (await RequestBody.ReadAsync(context.Request, MaxRequestBytes, cancellationToken) is not { } body)
        {
            await context.Response.AnswerAsync(ApiError.InvalidRequest("The request body is too large for a purge.", code: "request_too_large", status: StatusCodes.Status413PayloadTooLarge), cancellationToken);
            return;
        }

        if (CachePurgeRequest.Read(body, out var error) is not { } purge)
        {
            await context.Response.AnswerAsync(error!, cancellationToken);
            return;
        }

        var result = await cache.PurgeAsync(purge, cancellationToken);
        logger.Purged(purge.Key?.ToString(), purge.Model, purge.Tenant, result);
        if (result == PurgeResult.Done)
        {
            await context.Response.WriteAsJsonAsync(new CachePurgeAnswer(true), CachePurgeJsonContext.Default.CachePurgeAnswer, cancellationToken: cancellationToken);
            return;
        }

        await context.Response.AnswerAsync(
            result == PurgeResult.TooMany
                ? ApiError.InvalidRequest("There are too many purges of single keys at present: purge by 'model' or 'tenant'.", "key", "too_many_keys", StatusCodes.Status409Conflict)
                : ApiError.Unavailable("This replica of edge obeys the purge, but the state store did not take it, so that others do not. Ask again until it does.", RetryAfter),
            cancellationToken);
    }
}
