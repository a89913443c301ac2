using LlmDapr.Contracts.Errors;

namespace LlmDapr.Generation.Scheduling;

/// <summary>Who is not let in, and why.</summary>
internal sealed partial class Scheduler
{
    private Admission.Refused? RefusalOf_NeedsLock(Waiter waiter)
    {
        var now = Now;
        var (model, priority, left) = (waiter.Request.Model, waiter.Priority, waiter.Request.TimeLeft);
        var queue = _queues[model];
        var wait = EstimateWait_NeedsLock(queue, priority, now, waiter.Set);
        if (queue.IsOverfullFor(priority))
        {
            _metrics.Refused(priority, "queue_full");
            return Refused(ErrorTypes.Overloaded, $"The queue of '{model}' is full: {queue.Count - 1} requests wait. Try again later, or raise Scheduling:MaxQueue.", wait);
        }

        if (wait <= Math.Min(left?.TotalSeconds ?? double.PositiveInfinity, _options.MaxWait.TotalSeconds))
        {
            return null;
        }

        // Whether it is the provider's allowance that is waited for.
        var limited = waiter.Set.Targets.All(state => state.IsRateLimited(state.CostOf(waiter.Request.Tokens), now));
        _metrics.Refused(priority, "too_late");
        return Refused(
            limited ? ErrorTypes.RateLimitExceeded : ErrorTypes.Overloaded,
            wait > left?.TotalSeconds
                ? FormattableString.Invariant($"'{model}' has work for about {wait:0.#} s, and only {left.Value.TotalSeconds:0.#} s are left for this request. Try again later, or give it more time.")
                : FormattableString.Invariant($"'{model}' has work for about {wait:0.#} s, which is longer than Scheduling:MaxWait ({_options.MaxWait.TotalSeconds:0.#} s). Try again later."),
            wait);
    }

    private static Admission.Refused Refused(string type, string message, double wait) =>
        new(new ApiError(type == ErrorTypes.RateLimitExceeded ? 429 : 503, type, type, message, RetryAfter: TimeSpan.FromSeconds(Math.Clamp(wait, 1, 3600))));

    // With a set: of a waiter with it, the last in the queue.
    private static double EstimateWait_NeedsLock(ModelQueue queue, PriorityClass priority, double now, CandidateSet? set = null)
    {
        var joined = set is not null;
        var targets = set?.Targets ?? queue.Targets;
        var opens = targets.Select(state => state.BudgetWait(0, now)).DefaultIfEmpty(0).Min();
        return queue.Count == (joined ? 1 : 0) && targets.Any(state => state.WaitFor(1, now) <= 0)
            ? opens
            : opens + queue.EstimateWait(priority, joined, now);
    }
}
