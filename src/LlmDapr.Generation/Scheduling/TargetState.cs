using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>What is known of a target: its limit, its budgets and what is in flight. Not thread-safe; times are seconds on the scheduler's clock.</summary>
internal sealed class TargetState(Target target, ConcurrencyLimit limit)
{
    // Before anything was answered.
    private const int UnknownCompletion = 256;

    // A pause is never believed for longer: then one call finds out.
    private const double LongestPause = 60;
    private const double Smoothing = 0.05;

    private double _completion;
    private double _duration;
    private long _sequence;
    private bool _pausedForRate;

    public Target Target { get; } = target;

    public ConcurrencyLimit Limit { get; } = limit;

    public Budget Requests { get; } = new(leastFactor: 1);

    public Budget Tokens { get; } = new(leastFactor: 0.1);

    public int InFlight { get; private set; }

    /// <summary>Until then the provider wants to hear nothing.</summary>
    public double PausedUntil { get; private set; }

    /// <summary>When it was last of use.</summary>
    public double UsedAt { get; private set; }

    /// <summary>The share of its limit that is in use.</summary>
    public double Load => InFlight / Limit.Value;

    /// <summary>How long a successful call takes on average, seconds; 0 when none was seen.</summary>
    public double Duration => _duration;

    public double CostOf(TokenEstimate tokens) =>
        Math.Max(1, tokens.Completion is not null ? tokens.Total : tokens.Prompt + (_completion > 0 ? _completion : UnknownCompletion));

    /// <summary>Seconds until a call with these tokens may go out: 0 for at once, infinite when only the end of another call can tell.</summary>
    public double WaitFor(double tokens, double now) =>
        Limit.HasRoom(InFlight, now) ? BudgetWait(tokens, now) : Math.Max(1e-3, Limit.UntilRoom(InFlight, now));

    /// <summary>The same, as if a slot were free.</summary>
    public double BudgetWait(double tokens, double now) =>
        Math.Max(Math.Max(0, PausedUntil - now), Math.Max(Requests.WaitFor(1, now), tokens > 0 ? Tokens.WaitFor(tokens, now) : 0));

    /// <summary>Takes slot, request and tokens in one step.</summary>
    public CallMark Take(double tokens, double now)
    {
        InFlight++;
        UsedAt = now;
        var call = new CallMark(++_sequence, InFlight);
        Limit.Sent(call);
        Requests.Spend(call.Sequence, 1, now);
        Tokens.Spend(call.Sequence, tokens, now);
        return call;
    }

    public void Release(CallMark call, double now)
    {
        InFlight--;
        UsedAt = now;
        Limit.Ended(call);
    }

    /// <summary>Whether what a call waits for is the provider's allowance, and not its health.</summary>
    public bool IsRateLimited(double tokens, double now) =>
        (_pausedForRate && PausedUntil > now) || Requests.WaitFor(1, now) > 0 || Tokens.WaitFor(tokens, now) > 0;

    public void Pause(TimeSpan time, bool isRate, double now)
    {
        PausedUntil = Math.Max(PausedUntil, now + Math.Min(LongestPause, time.TotalSeconds));
        _pausedForRate = isRate;
    }

    /// <summary>Takes an answered call into the averages.</summary>
    public void Learn(double seconds, double? completionTokens)
    {
        _duration = _duration == 0 ? seconds : _duration + ((seconds - _duration) * Smoothing);
        if (completionTokens is { } tokens)
        {
            _completion = _completion == 0 ? tokens : _completion + ((tokens - _completion) * Smoothing);
        }
    }
}
