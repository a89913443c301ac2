using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Dapr's circuit breaker opens for a dead generation, and for nothing that callers or providers do.</summary>
public sealed class BreakerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Breaker_ErrorsOfTheProviderAndLeavingCallers_StaysClosed()
    {
        // Room for all forty at the provider from the start.
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { AppEnvironment = ["generation:Scheduling__StartLimit=100"] }, Ct);
        for (var i = 0; i < 50; i++)
        {
            using var bad = await system.Http.PostAsync(Chat.Body("sim?fault=context", "Bad", stream: false), Ct);
            using var limited = await system.Http.PostAsync(Chat.Body("sim?err429=100", "Limited", stream: true), Ct);
            Assert.Equal((400, 429), ((int)bad.StatusCode, (int)limited.StatusCode));
        }

        const string Hanging = "sim?fault=hang&seed=61";
        using (var leave = CancellationTokenSource.CreateLinkedTokenSource(Ct))
        {
            var forty = Enumerable.Range(0, 40).Select(i => system.Http.SendAsync(Chat.Request(Chat.Body(Hanging, "Leave", i % 2 == 0)), leave.Token)).ToList();
            await Eventually.TrueAsync(async () => (await system.Simulator.OfAsync(Hanging, Ct)).InFlight == 40, "forty calls are at the provider", Ct);
            await leave.CancelAsync();
            foreach (var caller in forty)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller);
            }
        }

        // Not one of these is refused: the breaker has stayed closed.
        for (var i = 0; i < 20; i++)
        {
            using var good = await system.Http.PostAsync(Chat.Body("sim?words=3", "Good", stream: false), Ct);
            Assert.Equal(200, (int)good.StatusCode);
        }

        await system.BecomesIdleAsync(Ct);
    }

    [Fact]
    public async Task Breaker_DeadGeneration_OpensAndLetsTrafficFlowSoonAfterItIsBack()
    {
        await using var system = await RunningSystem.StartAsync(null, Ct);
        var generation = system.KillApp(AppIds.Generation);

        // Enough at once that Dapr's breaker opens; each caller gets its quick and honest answer.
        await Eventually.TrueAsync(
            async () =>
            {
                var statuses = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
                {
                    using var refused = await system.Http.PostAsync(Chat.Body("sim?words=3", "Anyone?", stream: false), Ct);
                    Assert.Equal(503, (int)refused.StatusCode);
                    Assert.True(refused.Headers.Contains("retry-after"));
                    return refused;
                }));
                return await GateIsShutAsync(system);
            },
            "Dapr's breaker is open and edge knows it",
            Ct);

        await system.RestartAsync(generation, Ct);
        var backAt = TimeProvider.System.GetTimestamp();

        // The first call that gets through is a stream of a minute, and nobody has to wait for its end.
        using var minute = await FirstAcceptedAsync(system, Chat.Body("sim?words=1200&tps=20&seed=62", "A minute", stream: true));
        using var next = await FirstAcceptedAsync(system, Chat.Body("sim?words=3", "Next", stream: false));
        Assert.InRange(TimeProvider.System.GetElapsedTime(backAt), TimeSpan.Zero, TimeSpan.FromSeconds(4));
        Assert.Equal(1, (await system.Simulator.OfAsync("sim?words=1200&tps=20&seed=62", Ct)).InFlight);
    }

    private static async Task<HttpResponseMessage> FirstAcceptedAsync(RunningSystem system, string body)
    {
        HttpResponseMessage? accepted = null;
        await Eventually.TrueAsync(
            async () =>
            {
                var response = await system.Http.PostAsync(body, Ct);
                if (response.IsSuccessStatusCode)
                {
                    accepted = response;
                    return true;
                }

                response.Dispose();
                return false;
            },
            "a call gets through",
            Ct);
        return accepted!;
    }

    private static async Task<bool> GateIsShutAsync(RunningSystem system) =>
        Metrics.Sum(await system.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative), Ct), "llmdapr_hop_gate_shut") > 0;
}
