using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Callers;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Models;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Freshness;

namespace LlmDapr.Edge.Caching;

/// <summary>
/// A request in which the prompt cache has a part: (1) this process's memory is asked; (2) it takes a seat in the one call for all who ask the same now, which
/// begins with the state store; (3) what that comes to is the answer, unless it is only another's failure or too old for this caller: then again.
/// </summary>
internal sealed class CachedCompletions(
    AnswerCache cache,
    FlightTable flights,
    GenerationClient generation,
    ModelSnapshot models,
    StreamFollower follower,
    CacheRefresher refresher,
    TimeProvider time)
{
    /// <summary>What the cache does for a request. False when a header of the caller's is wrong; <paramref name="error"/> names it.</summary>
    public bool TryPlan(HttpContext context, RequestKind kind, RequestEnvelope request, Caller caller, out CachePlan plan, out ApiError? error)
    {
        (plan, error) = (CachePlan.Bypass, null);

        // What answers is part of the key: while nobody knows it, nothing is looked up.
        if (models.Find(request.Model) is { } model)
        {
            var headers = context.Request.Headers;
            var (control, ttl) = (headers.CacheControl, headers[HeaderNames.CacheTtl]);
            var wanted = new CacheRequest(kind, request, caller.Tenant, model, control.Count == 0 ? null : control.ToString(), ttl.Count == 0 ? null : ttl.ToString());
            if (!cache.TryPlan(wanted, out plan, out error))
            {
                return false;
            }
        }

        if (plan.IsBypass)
        {
            context.Response.WriteCacheStatus(CacheStatus.Bypass);
        }
        else
        {
            context.Response.WriteCacheKey(plan.Key);
        }

        return true;
    }

    /// <exception cref="IncompleteAnswerException">A stream broke after its head had gone out; the caller has been told.</exception>
    public async Task SendAsync(HttpContext context, CachedRequest request, CancellationToken cancellationToken)
    {
        // (1)
        if (cache.LookupMemory(request.Plan) is { IsHit: true } found && await TryHitAsync(context, request, found))
        {
            return;
        }

        // (2)
        var isFresh = false;
        while (true)
        {
            using var seat = flights.Board(new FlightRequest(request.Plan, request.Kind, request.Envelope.Stream, TimeLeft(request), token => CallAsync(request, token)) { IsFresh = isFresh });
            context.Response.WriteCacheStatus(seat.IsLeader ? CacheStatus.Miss : CacheStatus.Coalesced);
            var start = request.Envelope.Stream ? await seat.StartAsync(cancellationToken) : await seat.WholeAsync(cancellationToken);
            if (seat.IsOnlyTheLeaders(start))
            {
                continue;
            }

            // (3)
            switch (start)
            {
                case FlightStart.Hit { Lookup: var kept }:
                    isFresh = true;
                    if (IsYoungEnough(request.Plan, kept) && await TryHitAsync(context, request, kept))
                    {
                        return;
                    }

                    break;

                case FlightStart.Failed { Error: var error }:
                    await context.Response.AnswerAsync(error, cancellationToken);
                    return;

                case FlightStart.Whole whole:
                    if (await CacheReply.TryAnswerAsync(context, whole, request.Envelope, seat.IsLeader))
                    {
                        return;
                    }

                    isFresh = true;
                    break;

                case FlightStart.Streaming { Stream.First: { } first } streaming:
                    await follower.SendAsync(context, streaming, first, request.Envelope.IncludesUsage, cancellationToken);
                    return;

                default:
                    // Grown too large between the boarding and now.
                    break;
            }
        }
    }

    // Another's lookup does not know of this caller's max-age.
    private static bool IsYoungEnough(CachePlan plan, in CacheLookup found) => plan.MaxAge is not { } most || (!found.IsStale && found.Age <= most);

    private TimeSpan TimeLeft(CachedRequest request) => request.Caller.TimeLeft - time.GetElapsedTime(request.ArrivedAt);

    private async Task<bool> TryHitAsync(HttpContext context, CachedRequest request, CacheLookup found)
    {
        if (CacheReply.Tell(found.Entry!.Answer.Body, request.Envelope) is not { } told)
        {
            return false;
        }

        // Before the caller has read it: by then another's refresh may be over, and this one would be paid for nothing.
        if (found.IsStale && request.Plan.Stores)
        {
            refresher.Refresh(request);
        }

        await CacheReply.HitAsync(context, found, told, request.Envelope.Stream);
        return true;
    }

    // It may go on after this request's end, so that nothing of the request but its body and what was read from its headers is used.
    private async Task<(UpstreamAnswer? Answer, ApiError? Error)> CallAsync(CachedRequest request, CancellationToken cancellationToken)
    {
        var left = TimeLeft(request);
        return left <= TimeSpan.Zero
            ? (null, request.Caller.TooLate())
            : await generation.SendAsync(new GenerationRequest(request.Kind, request.Envelope.Body, request.Caller with { TimeLeft = left }) { KeepsUsage = request.Envelope.Stream }, cancellationToken);
    }
}
