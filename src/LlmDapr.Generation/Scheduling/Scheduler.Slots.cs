namespace LlmDapr.Generation.Scheduling;

/// <summary>What slots tell, from the head of an answer to its end.</summary>
internal sealed partial class Scheduler
{
    internal void FirstToken(Slot slot)
    {
        lock (_lock)
        {
            if (slot.IsTaken || slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            var now = Now;
            slot.State.Limit.FirstToken(now - slot.SentAt, slot.State.InFlight);
            Taken_NeedsLock(slot, now);
            Dispatch_NeedsLock();
        }
    }

    internal void Headers(Slot slot, IEnumerable<string[]> headers)
    {
        var read = RateLimitHeaders.Read(headers, _time.GetUtcNow());
        lock (_lock)
        {
            if (slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            var now = Now;
            slot.Head = read;
            var requests = slot.State.Requests.Read(read.Requests, slot.Call.Sequence, slot.SentAt, now);
            var tokens = slot.State.Tokens.Read(read.Tokens, slot.Call.Sequence, slot.SentAt, now);
            if ((requests == LimitChange.None ? tokens : requests) is not LimitChange.None and var change)
            {
                slot.State.Limit.Told(change);
            }

            Dispatch_NeedsLock();
        }
    }

    internal void Finish(Slot slot, AttemptOutcome outcome, int? totalTokens)
    {
        lock (_lock)
        {
            if (slot.IsFinished || slot.IsReleased)
            {
                return;
            }

            slot.IsFinished = true;
            var now = Now;
            switch (outcome)
            {
                case AttemptOutcome.Success:
                    Taken_NeedsLock(slot, now);
                    slot.State.Learn(now - slot.SentAt, totalTokens > slot.Tokens.Prompt ? totalTokens - slot.Tokens.Prompt : null);
                    if (totalTokens is { } tokens)
                    {
                        slot.State.Tokens.Settle(slot.Call.Sequence, tokens, now);
                    }

                    break;
                case AttemptOutcome.RateLimited or AttemptOutcome.Overloaded:
                    Refused_NeedsLock(slot, outcome, now);
                    break;
                case AttemptOutcome.TimedOut when !slot.IsTaken:
                    // A stall in the middle of an answer is a fault of that answer; silence before the first word is what a provider without room does.
                    slot.State.Limit.Lost(slot.Call, now);
                    break;
            }

            Dispatch_NeedsLock();
        }
    }

    internal void Release(Slot slot)
    {
        lock (_lock)
        {
            if (slot.IsReleased)
            {
                return;
            }

            slot.IsReleased = true;
            slot.State.Release(slot.Call, Now);
            Dispatch_NeedsLock();
        }
    }

    private static void Taken_NeedsLock(Slot slot, double now)
    {
        if (!slot.IsTaken)
        {
            slot.IsTaken = true;
            slot.State.Limit.Taken(slot.Call, slot.State.InFlight, now);
        }
    }

    // A large request has to wait for its tokens, and its budget knows that; smaller ones need not. Only a time that the budget does not explain is for all.
    // (Of calls at once: where others are being answered, their ends tell better than a header when there is room again.)
    private static bool IsNews(Slot slot, TimeSpan pause, double now) => pause.TotalSeconds > (2 * slot.State.BudgetWait(slot.Cost, now)) + 1;

    // A refusal for requests or tokens a minute says nothing about how many calls there may be at once, and the other way round.
    private void Refused_NeedsLock(Slot slot, AttemptOutcome outcome, double now)
    {
        var state = slot.State;
        var isRate = outcome == AttemptOutcome.RateLimited && RateRefusal.Is(slot, now);

        // It took nothing at the provider.
        state.Requests.Settle(slot.Call.Sequence, 0, now);
        state.Tokens.Settle(slot.Call.Sequence, 0, now);
        _metrics.ProviderRefused(state.Target, outcome, isRate);
        if (isRate)
        {
            state.Requests.Overrun();
            state.Tokens.Overrun();
        }
        else
        {
            state.Limit.Lost(slot.Call, now);
        }

        if (slot.Head.RetryAfter is { } pause && (isRate ? IsNews(slot, pause, now) : outcome == AttemptOutcome.Overloaded || state.InFlight <= 1))
        {
            state.Pause(pause, outcome == AttemptOutcome.RateLimited, now);
        }
    }
}
