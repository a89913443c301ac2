using LlmDapr.Benchmarks.Capacity;
using LlmDapr.Benchmarks.Requests;

namespace LlmDapr.Generation.Tests.Scheduling;

/// <summary>Requests that end in every way at every phase; <c>dotnet run -c Release --project tests/LlmDapr.Benchmarks -- requests</c> runs 100,000.</summary>
public sealed class StormTests
{
    private const int Requests = 10_000;

    [Fact]
    public void InSimulatedTime_EndsAtRest()
    {
        var clock = new VirtualClock();
        using var storm = new Storm(clock, part => clock.Delay(part));

        Assert.Empty(Storms.Run(storm, clock, Requests));
    }

    [Fact]
    public async Task OnManyThreads_EndsAtRest()
    {
        using var storm = new Storm(TimeProvider.System, _ => Storms.YieldAsync());

        Assert.Empty(await Storms.RunAsync(storm, Requests, TestContext.Current.CancellationToken));
    }
}
