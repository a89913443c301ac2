using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Attempts;

/// <summary>Reads off an attempt what may follow it. Pure functions: budgets and clocks are the plan's.</summary>
internal static class AttemptJudge
{
    /// <summary>What may follow.</summary>
    public static Verdict Judge(Attempt attempt) => attempt switch
    {
        Attempt.Streaming => Verdict.Final,
        Attempt.Plain { Status: < 400 } => Verdict.Final,
        Attempt.Plain { Status: 400 } plain when ErrorFacts.Read(plain.Body).IsContextLength => Verdict.Larger,

        // A quota that is used up is none of the caller's doing, and no time heals it: somebody else may still have one.
        Attempt.Plain { Status: 429 } plain when ErrorFacts.Read(plain.Body).IsQuota => Verdict.Elsewhere,
        Attempt.Plain { Status: 408 or 409 or 429 or >= 500 } => Verdict.Repeat,
        Attempt.Plain => Verdict.Final,
        Attempt.Failed { Fault: AttemptFault.TimedOut or AttemptFault.BreakerOpen } => Verdict.Elsewhere,
        Attempt.Failed { Fault: AttemptFault.TooLarge } => Verdict.Final,
        Attempt.Failed { Fault: AttemptFault.NotAdmitted } => Verdict.GiveUp,
        Attempt.Failed => Verdict.Repeat,
        _ => throw new ArgumentOutOfRangeException(nameof(attempt), attempt, null),
    };

    /// <summary>Whether it speaks against the target: a breaker counts it. What the caller did wrong, and limits that are being kept, do not.</summary>
    public static bool IsTargetsFault(Attempt attempt) => attempt is Attempt.Plain { Status: 408 or >= 500 } or Attempt.Failed { Fault: not (AttemptFault.BreakerOpen or AttemptFault.NotAdmitted or AttemptFault.TooLarge) };

    /// <summary>What the scheduler is told of it.</summary>
    public static AttemptOutcome Outcome(Attempt attempt) => attempt switch
    {
        Attempt.Plain { Status: < 400 } or Attempt.Streaming => AttemptOutcome.Success,
        Attempt.Plain { Status: 429 } plain => ErrorFacts.Read(plain.Body).IsQuota ? AttemptOutcome.CallerError : AttemptOutcome.RateLimited,
        Attempt.Plain { Status: 503 } => AttemptOutcome.Overloaded,
        Attempt.Plain { Status: 408 } or Attempt.Failed { Fault: AttemptFault.TimedOut } => AttemptOutcome.TimedOut,
        Attempt.Plain { Status: < 500 } => AttemptOutcome.CallerError,
        Attempt.Failed { Fault: AttemptFault.BreakerOpen or AttemptFault.NotAdmitted } => AttemptOutcome.Cancelled,
        _ => AttemptOutcome.Failed,
    };

    /// <summary>How much an error tells the caller; of several, the one that tells most is the answer.</summary>
    public static int Usefulness(Attempt attempt) => attempt switch
    {
        Attempt.Plain { Status: 429 } => 4,
        Attempt.Plain => 3,
        Attempt.Failed { Fault: AttemptFault.TimedOut } => 2,
        Attempt.Failed { Fault: AttemptFault.BreakerOpen or AttemptFault.NotAdmitted } => 0,
        _ => 1,
    };
}
