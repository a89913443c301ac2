using System.Collections.Concurrent;
using LlmDapr.Contracts;
using LlmDapr.Edge.Forwarding;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Keys;
using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Caching;

/// <summary>
/// Fetches a new answer for one that was served past its ttl, once for all who were served so, and behind those who wait for theirs. One that fails is not tried
/// again at once. Thread-safe.
/// </summary>
internal sealed class CacheRefresher(
    FlightTable flights,
    GenerationClient generation,
    IOptions<ForwardingOptions> options,
    InFlight inFlight,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<CacheRefresher> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<CacheKey, CachedRequest> _running = new();
    private readonly TimeSpan _deadline = options.Value.Deadline;

    public void Refresh(CachedRequest request)
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested && _running.TryAdd(request.Plan.Key, request))
        {
            _ = Task.Run(() => RunAsync(request, lifetime.ApplicationStopping), CancellationToken.None);
        }
    }

    private async Task RunAsync(CachedRequest request, CancellationToken stopping)
    {
        try
        {
            if (!await FetchAsync(request, stopping))
            {
                await Task.Delay(PauseAfterFailure, time, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            logger.NotRefreshed("it took too long, or the service stops.");
        }
        finally
        {
            _running.TryRemove(request.Plan.Key, out _);
        }
    }

    private async Task<bool> FetchAsync(CachedRequest request, CancellationToken stopping)
    {
        using var counted = inFlight.Enter();
        using var deadline = new CancellationTokenSource(_deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        using var seat = flights.BoardToRefresh(new FlightRequest(request.Plan, request.Kind, request.Envelope.Stream, _deadline, token => CallAsync(request, token)));
        if (seat is null)
        {
            return true;
        }

        var start = await seat.WholeAsync(either.Token);
        switch (start)
        {
            case FlightStart.Whole { Usage: not null }:
                return true;
            case FlightStart.Failed failed:
                logger.NotRefreshed($"the call failed with {failed.Error.Status}.");
                return false;
            case FlightStart.Whole whole:
                logger.NotRefreshed($"the answer was a {whole.Head.Status} without usage.");
                return false;
            default:
                return false;
        }
    }

    private async Task<(UpstreamAnswer? Answer, Contracts.Errors.ApiError? Error)> CallAsync(CachedRequest request, CancellationToken cancellationToken) =>
        await generation.SendAsync(
            new GenerationRequest(request.Kind, request.Envelope.Body, request.Caller with { TimeLeft = _deadline }) { KeepsUsage = request.Envelope.Stream, Priority = Priorities.Async },
            cancellationToken);
}
