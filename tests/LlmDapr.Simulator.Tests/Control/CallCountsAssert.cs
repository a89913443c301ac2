using LlmDapr.Simulator.Control;

namespace LlmDapr.Simulator.Tests.Control;

internal static class CallCountsAssert
{
    /// <summary>Compares the counts that are about requests; nothing may be in flight.</summary>
    public static void Equal(CallCounts actual, long requests, long completed = 0, long cancelled = 0, long rateLimited = 0, long rejected = 0, long broken = 0, long faults = 0) =>
        Assert.Equal(
            new CallCounts { Requests = requests, Completed = completed, Cancelled = cancelled, RateLimited = rateLimited, Rejected = rejected, Broken = broken, Faults = faults },
            actual with { PeakConcurrency = 0, PromptTokens = 0, CompletionTokens = 0, LastStartedAtMs = null, LastCancelledAtMs = null });
}
