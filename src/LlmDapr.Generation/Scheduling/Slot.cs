using LlmDapr.Generation.Catalog;

namespace LlmDapr.Generation.Scheduling;

/// <summary>
/// A held place at a target: slot, request budget and token budget, taken in one step. Whoever got it disposes it, whatever happens; a second disposal
/// does nothing, nor does anything said after the first. Thread-safe.
/// </summary>
internal sealed class Slot : IDisposable
{
    private readonly Scheduler _scheduler;

    public Slot(Scheduler scheduler, TargetState state, CallMark call, TokenEstimate tokens, double cost, double sentAt, TimeSpan waited)
    {
        _scheduler = scheduler;
        (State, Call, Tokens, Cost, SentAt, Waited) = (state, call, tokens, cost, sentAt, waited);
    }

    /// <summary>Who is to be called.</summary>
    public Target Target => State.Target;

    /// <summary>Time spent in the queue.</summary>
    public TimeSpan Waited { get; }

    internal TargetState State { get; }

    internal CallMark Call { get; }

    internal TokenEstimate Tokens { get; }

    internal double Cost { get; }

    internal double SentAt { get; }

    /// <summary>The last head that was read. This and the flags below belong to the scheduler's lock.</summary>
    internal RateLimitHeaders Head { get; set; }

    internal bool IsTaken { get; set; }

    internal bool IsFinished { get; set; }

    internal bool IsReleased { get; set; }

    /// <summary>The answer's first words are there.</summary>
    public void FirstToken() => _scheduler.FirstToken(this);

    /// <summary>The head of an answer, good or bad, as [name, value].</summary>
    public void Headers(IEnumerable<string[]> headers) => _scheduler.Headers(this, headers);

    /// <summary>What became of it, said once and before the disposal; without it the attempt counts as <see cref="AttemptOutcome.Cancelled"/>.</summary>
    /// <param name="outcome">What became of it.</param>
    /// <param name="totalTokens">Tokens of prompt and answer, where the provider told.</param>
    public void Finish(AttemptOutcome outcome, int? totalTokens) => _scheduler.Finish(this, outcome, totalTokens);

    public void Dispose() => _scheduler.Release(this);
}
