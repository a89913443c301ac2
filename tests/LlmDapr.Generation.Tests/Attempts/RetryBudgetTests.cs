using LlmDapr.Generation.Attempts;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Tests.Attempts;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TrySpend_NothingEarned_GivesTheReserveAndNoMore()
    {
        var budget = Budget(ratio: 0.1, reserve: 3);

        Assert.Equal([true, true, true, false, false], Spend(budget, 5));
    }

    [Theory]
    [InlineData(0.1, 0, 100, 10)]
    [InlineData(0.1, 20, 100, 10)]
    [InlineData(0.5, 1, 100, 50)]
    [InlineData(0, 20, 100, 0)]
    [InlineData(0, 0, 100, 0)]
    public void TrySpend_AfterTheReserve_IsTheShareOfRequests(double ratio, int reserve, int requests, int repetitions)
    {
        var budget = Budget(ratio, reserve);
        Assert.Equal(reserve, Spend(budget, reserve + 1).Count(spent => spent));

        // All of them want a repetition, one after the other.
        var allowed = 0;
        for (var i = 0; i < requests; i++)
        {
            budget.Earn();
            allowed += budget.TrySpend() ? 1 : 0;
        }

        Assert.Equal(repetitions, allowed);
    }

    [Fact]
    public void Earn_QuietHours_SaveUpToTheReserveOnly()
    {
        var budget = Budget(ratio: 1, reserve: 4);
        for (var i = 0; i < 1000; i++)
        {
            budget.Earn();
        }

        Assert.Equal(4, Spend(budget, 100).Count(spent => spent));
    }

    [Fact]
    public void TrySpend_ManyAtOnce_GivesNoneTwice()
    {
        var budget = Budget(ratio: 0, reserve: 500);
        var given = 0;
        Parallel.For(0, 2000, _ =>
        {
            if (budget.TrySpend())
            {
                Interlocked.Increment(ref given);
            }
        });

        Assert.Equal(500, given);
    }

    private static RetryBudget Budget(double ratio, int reserve) => new(Options.Create(new AttemptOptions { RetryRatio = ratio, RetryReserve = reserve }));

    private static List<bool> Spend(RetryBudget budget, int times) => [.. Enumerable.Range(0, times).Select(_ => budget.TrySpend())];
}
