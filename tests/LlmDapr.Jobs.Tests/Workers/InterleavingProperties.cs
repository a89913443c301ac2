using CsCheck;

namespace LlmDapr.Jobs.Tests.Workers;

public sealed class InterleavingProperties
{
    [Fact]
    public void Jobs_WhileWorkersDieAtAnyStep_AreDoneOnceAndNoneIsLost() =>
        Gen.Int.Select(Gen.Int[0, 8]).Sample((seed, kills) => Assert.Empty(new Simulation(seed, kills).Run()), iter: 100, threads: 1);

    [Fact]
    public void Jobs_WhileTheStoreFailsAndWorkersDie_AreDoneOnceAndNoneIsLost() =>
        Gen.Int.Select(Gen.Int[0, 6]).Sample((seed, kills) => Assert.Empty(new Simulation(seed, kills, isFaulty: true).Run()), iter: 100, threads: 1);

    [Fact]
    public void Jobs_WithoutAnyDeath_AreDoneOnceAndNoneIsLost() =>
        Gen.Int.Sample(seed => Assert.Empty(new Simulation(seed, kills: 0, isCalm: true).Run()), iter: 50, threads: 1);
}
