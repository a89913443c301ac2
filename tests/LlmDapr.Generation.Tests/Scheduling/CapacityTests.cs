using LlmDapr.Benchmarks.Capacity;
using LlmDapr.Contracts;

namespace LlmDapr.Generation.Tests.Scheduling;

/// <summary>The capacity benchmark in short: half the time, one seed. <c>dotnet run -c Release --project tests/LlmDapr.Benchmarks -- capacity</c> is the whole.</summary>
public sealed class CapacityTests
{
    public static TheoryData<string> Mixes => new(Mix.All.Select(mix => mix.Name));

    [Theory]
    [MemberData(nameof(Mixes))]
    public void Scheduler_NearlyAllOfTheCapacityIsUsed_AndHardlyACallIsRefused(string mix)
    {
        var setting = Short(mix);
        var (ours, oracle, unlimited) = (Ways.LlmDapr(setting), Ways.Oracle(setting), Ways.Unlimited(setting));

        // A short run has as many beginnings and halvings as a long one, and less between to make up for them.
        Assert.InRange((double)ours.Completed / oracle.Completed, 0.95, 1.03);
        Assert.InRange(ours.Refused, 0, 0.02);
        Assert.InRange(ours.RefusedInAll, 0, 0.03);
        Assert.True(ours.Wait(Priorities.Interactive, 0.95) <= unlimited.Wait(Priorities.Interactive, 0.95) / 5);
        Assert.True(ours.LeastBatchProgress() > 0);
    }

    [Fact]
    public void Replicas_ShareOneProvider()
    {
        var setting = Short(Mix.Concurrency.Name) with { Replicas = 8 };
        var perReplica = new int[8];
        var ours = Ways.LlmDapr(setting, perReplica: perReplica);

        Assert.True(ours.Completed >= 0.9 * Ways.Oracle(setting).Completed);
        Assert.True(perReplica.Min() >= ours.Completed / 16.0, string.Join(' ', perReplica));
    }

    [Fact]
    public void Scheduler_SameSeed_SameResult()
    {
        var setting = Short(Mix.Balanced.Name) with { Length = 40 };

        Assert.Equal(Ways.LlmDapr(setting).Completed, Ways.LlmDapr(setting).Completed);
    }

    private static Setting Short(string mix) => new() { Mix = Mix.All.Single(one => one.Name == mix), Length = 150, HalvedFrom = 60, HalvedTo = 90 };
}
