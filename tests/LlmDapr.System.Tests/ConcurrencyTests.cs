using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Many at once.</summary>
public sealed class ConcurrencyTests
{
    private const int Streams = 500;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_500AtOnce_AllFinishRightAndNothingStaysInFlight()
    {
        // A provider whose limit is found already; long enough that all are there at once, also where a slow machine takes seconds to send them.
        const string Model = "sim?ttft=2s&words=20&tps=10&seed=51";
        await using var system = await RunningSystem.StartAsync(new RunningSystemOptions { AppEnvironment = ["generation:Scheduling__StartLimit=1000"] }, Ct);

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i =>
        {
            using var response = await system.Http.PostAsync(Chat.Body(Model, $"Prompt {i}", stream: true), Ct);
            Assert.Equal(200, (int)response.StatusCode);
            return await Chat.EventsAsync(response, Ct);
        }));

        for (var i = 0; i < Streams; i++)
        {
            Assert.Equal("[DONE]", answers[i][^1]);
            Assert.Equal(Chat.Expected(Model, $"Prompt {i}"), Chat.TextOf(answers[i]));
        }

        var counts = await system.Simulator.OfAsync(Model, Ct);
        Assert.Equal((Streams, Streams, 0), (counts.Requests, counts.Completed, counts.Cancelled));
        Assert.True(counts.PeakConcurrency > Streams / 2, $"only {counts.PeakConcurrency} calls were at the provider at once");
        await system.BecomesIdleAsync(Ct);
    }
}
