namespace LlmDapr.Generation.Scheduling;

/// <summary>Tells a 429 for requests or tokens a minute from one for calls at once.</summary>
internal static class RateRefusal
{
    public static bool Is(Slot slot, double now)
    {
        var (requests, tokens) = (slot.Head.Requests, slot.Head.Tokens);
        if (requests.Remaining is not null || tokens.Remaining is not null)
        {
            // Providers count tokens in their own way, so that a little may be left and still not be enough.
            return requests.Remaining < 1 || tokens.Remaining < Math.Max(2 * slot.Cost, 0.02 * slot.State.Tokens.Limit);
        }

        if (slot.State.Requests.IsNearlyUsedUp(1, now) || slot.State.Tokens.IsNearlyUsedUp(slot.Cost, now))
        {
            return true;
        }

        // A single call that is refused with a time to wait: it cannot have been one too many at once.
        return slot.Call.Rank == 1 && slot.Head.RetryAfter is not null;
    }
}
