using LlmDapr.Contracts;
using LlmDapr.Generation.Scheduling;

namespace LlmDapr.Generation.Tests.Scheduling;

/// <summary>What a provider's refusals and headers do to later calls.</summary>
public sealed class RefusalTests
{
    [Fact]
    public void Refused_ForRequestsAMinute_LeavesTheLimitAndWaits()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers([.. Rig.Headers(600, 0), ["retry-after-ms", "100"]]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        Assert.Equal(20, rig.State().Limit);
        var next = rig.Admit();
        Assert.False(next.IsCompleted);
        rig.Advance(1);
        Rig.SlotOf(next).Dispose();
    }

    [Fact]
    public void Refused_ForTokensAMinute_LeavesTheLimit()
    {
        using var rig = Aimd();
        using (var slot = rig.Take(tokens: 1000))
        {
            slot.Headers([.. Rig.Headers(600, 500), .. Rig.Headers(200_000, 900, "tokens")]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        Assert.Equal(20, rig.State().Limit);
    }

    [Fact]
    public void Refused_WithPlentyLeft_IsForConcurrency()
    {
        using var rig = Aimd();
        var others = Enumerable.Range(0, 12).Select(_ => rig.Take()).ToList();
        using (var slot = rig.Take())
        {
            slot.Headers([.. Rig.Headers(600, 500), .. Rig.Headers(200_000, 150_000, "tokens"), ["retry-after", "1"]]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        Assert.Equal(12, rig.State().Limit);
        Assert.Equal(TimeSpan.Zero, rig.State().Pause);
        others.ForEach(slot => slot.Dispose());
    }

    [Fact]
    public void Refused_Once_TookNothingFromTheBudget()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers(Rig.Headers(600, 500));
            slot.Finish(AttemptOutcome.Success, 100);
        }

        var left = rig.State().RequestsLeft;
        using (var slot = rig.Take())
        {
            slot.Finish(AttemptOutcome.Overloaded, null);
        }

        Assert.Equal(left!.Value, rig.State().RequestsLeft!.Value, 6);
    }

    [Fact]
    public void Overloaded_WithRetryAfter_PausesTheTarget()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers([["retry-after", "1"]]);
            slot.Finish(AttemptOutcome.Overloaded, null);
        }

        var next = rig.Admit();
        rig.Advance(0.9);
        Assert.False(next.IsCompleted);
        rig.Advance(0.11);
        Rig.SlotOf(next).Dispose();
    }

    [Fact]
    public void Admit_PauseIsLongerThanTheTimeLeft_IsRefusedWithIt()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers([["retry-after", "30"]]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        var error = Rig.ErrorOf(rig.Admit(timeLeft: 10));

        Assert.Equal((429, "rate_limit_exceeded"), (error.Status, error.Code));
        Assert.Equal(30, error.RetryAfter!.Value.TotalSeconds, 0.5);
    }

    [Fact]
    public void Admit_ItsOnlyTargetIsPaused_OthersOfTheModelAreNotItsHope()
    {
        using var rig = Aimd();
        Candidate[] other = [new Candidate(rig.B, 0, 1)];
        using (var slot = rig.Take())
        {
            slot.Headers([["retry-after", "30"]]);
            slot.Finish(AttemptOutcome.Overloaded, null);
        }

        rig.Take(candidates: other).Dispose();

        Assert.Equal(503, Rig.ErrorOf(rig.Admit(timeLeft: 10)).Status);
    }

    [Fact]
    public void LargeRequestIsRefusedForItsTokens_SmallOnesGoOn()
    {
        using var rig = Aimd();
        using (var slot = rig.Take(tokens: 20_000))
        {
            slot.Headers([.. Rig.Headers(60_000, 10_000, "tokens"), ["retry-after-ms", "10000"]]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        Assert.Equal(20, rig.State().Limit);
        Assert.Equal(TimeSpan.Zero, rig.State().Pause);
        rig.Take(tokens: 100).Dispose();
    }

    [Fact]
    public void RetryAfterIsLongerThanTheBudgetExplains_Pauses()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers([.. Rig.Headers(600, 0), ["retry-after", "40"]]);
            slot.Finish(AttemptOutcome.RateLimited, null);
        }

        Assert.Equal(40, rig.State().Pause.TotalSeconds, 0.1);
    }

    [Fact]
    public void AllCallsInFlightAreLong_TheCeilingIsProbedAllTheSame()
    {
        using var rig = new Rig(options => (options.Limiter, options.StartLimit) = (LimiterKind.Aimd, 2));
        var (first, second) = (rig.Take(), rig.Take());
        first.FirstToken();
        using (second)
        {
            second.Finish(AttemptOutcome.Overloaded, null);
        }

        Assert.Equal(1, rig.State().Limit);
        var waiting = rig.Admit();
        Assert.False(waiting.IsCompleted);

        rig.Advance(5);

        Rig.SlotOf(waiting).Dispose();
        first.Dispose();
        rig.AssertAtRest();
    }

    [Fact]
    public void Headers_ShowThatLittleIsLeft_HoldsBackBeforeTheProviderRefuses()
    {
        using var rig = Aimd();
        rig.Take().Dispose();
        using (var slot = rig.Take())
        {
            slot.Headers(Rig.Headers(600, 3));
        }

        var admissions = Enumerable.Range(0, 10).Select(_ => rig.Admit()).ToList();
        Assert.InRange(admissions.Count(admission => admission.IsCompleted), 0, 3);

        // Ten a second come in.
        for (var i = 0; i < 20 && admissions.Exists(admission => !admission.IsCompleted); i++)
        {
            rig.Advance(0.1);
        }

        admissions.ForEach(admission => Rig.SlotOf(admission).Dispose());
    }

    [Fact]
    public void TokensLeft_AreTooFewForTheNextInTurn_SmallerOnesBehindItWait()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Headers(Rig.Headers(60_000, 5_000, "tokens"));
        }

        var large = rig.Admit(tokens: 20_000);
        var small = rig.Admit(tokens: 100);
        Assert.False(small.IsCompleted);

        rig.Advance(16);

        Rig.SlotOf(large).Dispose();
        rig.Advance(10);
        Rig.SlotOf(small).Dispose();
    }

    [Fact]
    public void TimedOut_BeforeTheFirstToken_IsALoss_ButNotAfter()
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.FirstToken();
            slot.Finish(AttemptOutcome.TimedOut, null);
        }

        Assert.Equal(20, rig.State().Limit);
        using (var slot = rig.Take())
        {
            slot.Finish(AttemptOutcome.TimedOut, null);
        }

        Assert.True(rig.State().Limit < 20);
    }

    [Theory]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.CallerError)]
    [InlineData(AttemptOutcome.Cancelled)]
    public void OtherOutcomes_SayNothingOfTheCapacity(object outcome)
    {
        using var rig = Aimd();
        using (var slot = rig.Take())
        {
            slot.Finish((AttemptOutcome)outcome, null);
        }

        Assert.Equal(20, rig.State().Limit);
        Assert.Equal(TimeSpan.Zero, rig.State().Pause);
    }

    [Fact]
    public void CompletionUnknown_TheTargetsAverageIsTaken()
    {
        using var rig = Aimd();
        using (var slot = rig.Take(tokens: 100))
        {
            slot.Headers(Rig.Headers(100_000, 50_000, "tokens"));
            slot.Finish(AttemptOutcome.Success, 1100);
        }

        var left = rig.State().TokensLeft!.Value;
        var admission = rig.Scheduler.AdmitAsync(
            new AdmissionRequest(Rig.Model, [new Candidate(rig.A, 0, 1)], "t", Priorities.Interactive, new TokenEstimate(100, null), null),
            TestContext.Current.CancellationToken).AsTask();

        using var next = Rig.SlotOf(admission);
        Assert.Equal(1100, left - rig.State().TokensLeft!.Value, 1);
    }

    private static Rig Aimd() => new(options => (options.Limiter, options.StartLimit) = (LimiterKind.Aimd, 20));
}
