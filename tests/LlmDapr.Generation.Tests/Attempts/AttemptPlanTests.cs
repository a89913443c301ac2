using LlmDapr.Generation.Attempts;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class AttemptPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AttemptOptions _options = new();
    private readonly HashSet<string> _open = [];
    private double _random = 1;

    [Theory]
    [InlineData("500", "a a b b")]
    [InlineData("429", "a a b b")]
    [InlineData("unreachable", "a a b b")]
    [InlineData("broken", "a a b b")]
    [InlineData("slow", "a b")]
    [InlineData("quota", "a b")]
    [InlineData("400", "a")]
    [InlineData("policy", "a")]
    [InlineData("context", "a")]
    [InlineData("401", "a")]
    [InlineData("large", "a")]
    [InlineData("refused", "a")]
    [InlineData("200", "a")]
    public void GoesOn_TheSameAtEveryTarget_AsksEachAsOftenAsItMakesSense(string kind, string asked) =>
        Assert.Equal(asked, Run(Plan("a", "b"), _ => kind));

    [Fact]
    public void GoesOn_ManyTargets_StopsAtMaxAttempts()
    {
        var plan = Plan("a", "b", "c", "d");

        Assert.Equal("a a b b c", Run(plan, _ => "500"));
        Assert.Equal(5, plan.Made);
    }

    [Fact]
    public void GoesOn_AttemptsBefore_AreCountedIn()
    {
        var plan = new AttemptPlan(SampleAttempts.Model(null, "a", "b"), _options, Budget(100), target => false, () => 1, made: 4);

        Assert.Equal("a", Run(plan, _ => "500"));
    }

    [Fact]
    public void GoesOn_SecondAttemptSucceeds_Ends()
    {
        var plan = Plan("a", "b");

        Assert.Equal("a a", Run(plan, count => count == 1 ? "500" : "200"));
    }

    [Fact]
    public void GoesOn_BudgetSpent_FailsOverWithoutARepetition()
    {
        var plan = new AttemptPlan(SampleAttempts.Model(null, "a", "b"), _options, Budget(0), target => false, () => 1);

        Assert.Equal("a b", Run(plan, _ => "503"));
    }

    [Fact]
    public void GoesOn_ProviderSaysNoRetry_FailsOver()
    {
        var plan = Plan("a", "b");

        Assert.True(plan.GoesOn(SampleAttempts.Answer("a", 503, "", ["x-should-retry", "false"]), Now, TimeSpan.FromMinutes(1)));
        Assert.Equal(["b"], Names(plan));
        Assert.Equal(TimeSpan.Zero, plan.Delay);
    }

    [Theory]
    [InlineData("2", 600, "a", 2)]
    [InlineData("5", 600, "a", 5)]
    [InlineData("5.1", 600, "b", 0)]
    [InlineData("2", 1.9, "b", 0)]
    [InlineData("Sun, 01 Mar 2026 12:00:03 GMT", 600, "a", 3)]
    [InlineData("Sun, 01 Mar 2026 12:00:30 GMT", 600, "b", 0)]
    public void GoesOn_RetryAfter_IsWaitedForWhenItIsShortEnough(string value, double timeLeft, string next, double least)
    {
        var plan = Plan("a", "b");

        Assert.True(plan.GoesOn(SampleAttempts.Answer("a", 429, "", ["retry-after", value]), Now, TimeSpan.FromSeconds(timeLeft)));
        Assert.Equal([next], Names(plan).Take(1));
        Assert.InRange(plan.Delay.TotalSeconds, least, least + 0.1);
    }

    [Fact]
    public void GoesOn_RetryAfterTooLongAndNobodyElse_Ends() =>
        Assert.False(Plan("a").GoesOn(SampleAttempts.Answer("a", 429, "", ["retry-after", "60"]), Now, TimeSpan.FromMinutes(5)));

    [Theory]
    [InlineData(0, 125, 250)]
    [InlineData(1, 250, 500)]
    public void Delay_WithoutRetryAfter_DoublesWithJitter(double random, double first, double second)
    {
        (_random, _options.PerTarget) = (random, 3);
        var plan = Plan("a");

        Assert.True(plan.GoesOn(SampleAttempts.Of("a", "500"), Now, TimeSpan.FromMinutes(1)));
        Assert.Equal(first, plan.Delay.TotalMilliseconds);
        Assert.True(plan.GoesOn(SampleAttempts.Of("a", "500"), Now, TimeSpan.FromMinutes(1)));
        Assert.Equal(second, plan.Delay.TotalMilliseconds);
    }

    [Fact]
    public void Candidates_BreakerOpen_IsLeftOutWhileAnotherIsWell()
    {
        _open.Add("a");
        Assert.Equal(["b"], Names(Plan("a", "b")));
        _open.Add("b");
        Assert.Equal(["a", "b"], Names(Plan("a", "b")));
    }

    [Fact]
    public void GoesOn_AttemptOpensTheBreaker_IsNotRepeatedThere()
    {
        var plan = Plan("a", "b");
        _open.Add("a");

        Assert.True(plan.GoesOn(SampleAttempts.Of("a", "500"), Now, TimeSpan.FromMinutes(1)));
        Assert.Equal(["b"], Names(plan));
    }

    [Theory]
    [InlineData("open")]
    [InlineData("refused")]
    public void Made_NobodyWasAsked_IsNotCounted(string kind)
    {
        var plan = Plan("a", "b");
        plan.GoesOn(SampleAttempts.Of("a", kind), Now, TimeSpan.FromMinutes(1));

        Assert.Equal(0, plan.Made);
    }

    [Theory]
    [InlineData("429 500", "429")]
    [InlineData("500 429", "429")]
    [InlineData("500 slow", "500")]
    [InlineData("broken slow", "slow")]
    [InlineData("slow open", "slow")]
    [InlineData("500 502", "500")]
    public void Best_SeveralErrors_IsTheOneThatTellsMost(string seen, string best)
    {
        var plan = Plan("a", "b", "c");
        foreach (var kind in seen.Split(' '))
        {
            plan.GoesOn(SampleAttempts.Of("a", kind), Now, TimeSpan.FromMinutes(1));
        }

        var wanted = SampleAttempts.Of("a", best);
        Assert.Equal((wanted.GetType(), (wanted as Attempt.Plain)?.Status), (plan.Best!.GetType(), (plan.Best as Attempt.Plain)?.Status));
    }

    [Fact]
    public void UseLarger_ContextTooLong_AsksItsTargetsAtOnceAndOnlyOnce()
    {
        var plan = new AttemptPlan(SampleAttempts.Model("big", "a", "b"), _options, Budget(100), target => false, () => 1);
        Assert.True(plan.GoesOn(SampleAttempts.Of("a", "500"), Now, TimeSpan.FromMinutes(1)));
        Assert.True(plan.GoesOn(SampleAttempts.Of("a", "context"), Now, TimeSpan.FromMinutes(1)));
        Assert.Equal("big", plan.Larger);

        plan.UseLarger(SampleAttempts.Model("huge", "c"));
        Assert.Equal(["c"], Names(plan));
        Assert.Equal(TimeSpan.Zero, plan.Delay);
        Assert.Null(plan.Larger);
        Assert.False(plan.GoesOn(SampleAttempts.Of("c", "context"), Now, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void HasFallback_UntilTheOtherWasAsked()
    {
        var plan = Plan("a", "b");
        Assert.True(plan.HasFallback(SampleAttempts.Target("a")));
        plan.GoesOn(SampleAttempts.Of("a", "slow"), Now, TimeSpan.FromMinutes(1));
        Assert.False(plan.HasFallback(SampleAttempts.Target("b")));
        Assert.False(Plan("a").HasFallback(SampleAttempts.Target("a")));
    }

    private static RetryBudget Budget(int reserve) => new(Options.Create(new AttemptOptions { RetryReserve = reserve }));

    private static List<string> Names(AttemptPlan plan) => [.. plan.Candidates().Select(candidate => candidate.Target.Model)];

    private AttemptPlan Plan(params string[] targets) =>
        new(SampleAttempts.Model(null, targets), _options, Budget(100), target => _open.Contains(target.Model), () => _random);

    // Asks as the runner does, and gives the targets in the order in which they were asked.
    private static string Run(AttemptPlan plan, Func<int, string> outcome)
    {
        var asked = new List<string>();
        bool goesOn;
        do
        {
            asked.Add(Names(plan)[0]);
            goesOn = plan.GoesOn(SampleAttempts.Of(asked[^1], outcome(asked.Count)), Now, TimeSpan.FromMinutes(1));
        }
        while (goesOn && AttemptJudge.Judge(SampleAttempts.Of("a", outcome(asked.Count))) != Verdict.Larger);
        return string.Join(' ', asked);
    }
}
