using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Jobs.Records;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Flights;
using LlmDapr.PromptCache.Freshness;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

/// <summary>
/// The answer of one run of a job: (1) where the prompt cache has no part, of a call of its own; else (2) of this process's memory; or (3) of the one call for
/// all equal jobs that run here now, which begins with the state store. Keys are those of edge, so that a caller's answer serves a job and the other way
/// round. A job that goes along with another's call takes no place of the scheduler. Thread-safe.
/// </summary>
internal sealed class JobAnswers(CallRunner runner, AnswerCache cache, FlightTable flights, CatalogStore catalog, IOptions<CallOptions> calls, TimeProvider time, ILogger<JobAnswers> logger)
{
    private readonly TimeSpan _total = calls.Value.TotalTimeout;

    /// <param name="job">The job.</param>
    /// <param name="slot">Its room.</param>
    /// <param name="request">Its request.</param>
    /// <param name="left">Until when an answer is of use.</param>
    /// <param name="ending">Cancelled when the job has to end without a result.</param>
    /// <exception cref="OperationCanceledException">It had to.</exception>
    public async Task<JobAnswer> AnswerAsync(JobRecord job, JobSlot slot, RequestEnvelope request, TimeSpan left, CancellationToken ending)
    {
        using var clock = new CallClock(_total, left, time, ending);
        var call = new JobCall(job, slot, request, PlanOf(job, request), left, clock);
        try
        {
            // (1)
            return call.Plan.IsBypass ? await CallAloneAsync(call) : await ShareAsync(call);
        }
        catch (OperationCanceledException) when (clock.RanOut)
        {
            return JobAnswer.Of(TooLate(clock), call.Plan.IsBypass ? CacheStatus.Bypass : CacheStatus.Miss);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.Defect(job.Id, e);
            return JobAnswer.Of(new ApiError(500, ErrorTypes.Server, "internal_error", "LlmDapr failed. Generation's log has the reason."), call.Plan.IsBypass ? CacheStatus.Bypass : CacheStatus.Miss);
        }
        finally
        {
            slot.Waits();
        }
    }

    private static ApiError TooLate(CallClock clock) => ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"The answer was not complete within {clock.Total.TotalSeconds:0.###} s."));

    // Anew for each run: what was purged meanwhile, or kept, counts. What answers is part of the key: for a name that nobody serves, nothing is looked up.
    private CachePlan PlanOf(JobRecord job, RequestEnvelope request)
    {
        if (catalog.Current.Table.Find(request.Model) is not { } model
            || !cache.TryPlan(new CacheRequest(job.Kind, request, job.Tenant, model, job.CacheControl, job.CacheTtl), out var plan, out _)
            || plan.IsBypass)
        {
            return CachePlan.Bypass;
        }

        // A job has the time to wait for a new answer instead of one that is past its ttl.
        return plan with { MaxAge = plan.MaxAge ?? TimeSpan.MaxValue };
    }

    private async Task<JobAnswer> CallAloneAsync(JobCall call)
    {
        await using var answer = await CallAsync(call, call.Clock);
        return JobAnswer.Of(answer.Head, JobUpstream.WholeOf(answer), CacheStatus.Bypass);
    }

    private async Task<JobAnswer> ShareAsync(JobCall call)
    {
        // (2)
        if (cache.LookupMemory(call.Plan) is { IsHit: true } found)
        {
            return HitOf(found);
        }

        // (3)
        var isFresh = false;
        while (true)
        {
            using var seat = flights.Board(new FlightRequest(call.Plan, call.Job.Kind, Streams: false, call.Clock.Left, token => CallForAllAsync(call, token)) { IsFresh = isFresh });
            if (!seat.IsLeader)
            {
                call.Slot.Calls();
            }

            var start = await seat.WholeAsync(call.Clock.Token);
            if (seat.IsOnlyTheLeaders(start))
            {
                call.Slot.Waits();
                continue;
            }

            var served = seat.IsLeader ? CacheStatus.Miss : CacheStatus.Coalesced;
            switch (start)
            {
                case FlightStart.Hit { Lookup: var kept } when kept.Age <= call.Plan.MaxAge:
                    return HitOf(kept);
                case FlightStart.Failed { Error: var error }:
                    return JobAnswer.Of(error, served);
                case FlightStart.Whole whole:
                    return JobAnswer.Of(whole.Head, whole.Body, served);
            }

            // Another's lookup does not know of this caller's max-age.
            isFresh = true;
            call.Slot.Waits();
        }
    }

    private static JobAnswer HitOf(CacheLookup found)
    {
        var answer = found.Entry!.Answer;
        return new JobAnswer(new(answer.Status, "application/json", answer.Body) { Cache = CacheStatus.Hit }, null, answer.Target);
    }

    // It may go on after the run's end: while another job waits for it, it is that job's.
    private async Task<(UpstreamAnswer? Answer, ApiError? Error)> CallForAllAsync(JobCall call, CancellationToken nobodyLeft)
    {
        using var clock = new CallClock(_total, call.Clock.Left, time, nobodyLeft);
        try
        {
            return (new JobUpstream(await CallAsync(call, clock)), null);
        }
        catch (OperationCanceledException) when (clock.RanOut)
        {
            return (null, TooLate(call.Clock));
        }
    }

    private Task<CallAnswer> CallAsync(JobCall call, CallClock clock)
    {
        // It waits in the scheduler's queue, or has its place, when the method returns.
        var running = runner.RunAsync(new GenerationCall(call.Job.Kind, call.Request, call.Job.Tenant, call.Job.Priority, call.Left), clock);
        call.Slot.Calls();
        return running;
    }
}
