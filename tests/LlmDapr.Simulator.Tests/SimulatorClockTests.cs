using System.Text;
using LlmDapr.Simulator.Answers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace LlmDapr.Simulator.Tests;

public sealed class SimulatorClockTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_HoursOfPauses_PassAtTheGivenClock(bool stream)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var time = new FakeTimeProvider();
        await using RunningSimulator simulator = await RunningSimulator.StartAsync(configure: builder => builder.Services.AddSingleton<TimeProvider>(time), cancellationToken: cancel);
        using var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = simulator.Address };
        using var body = new StringContent(
            $$"""{"model":"sim?ttft=1h&tps=0.001&words=5","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json");
        Task<HttpResponseMessage> answer = client.PostAsync("/v1/chat/completions", body, cancel);
        await simulator.WaitForAsync(null, counts => counts.InFlight == 1, cancel);
        Assert.False(answer.IsCompleted);

        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        using HttpResponseMessage response = await answer;
        string last = SimulatedAnswer.Pieces(SimulatedAnswer.TextFor("sim", [("user", "x")], 5))[^1];
        Assert.Contains(last, await response.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }
}
