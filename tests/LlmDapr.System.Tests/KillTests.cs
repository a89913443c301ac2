using LlmDapr.Contracts;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>Any process dies without a word (SIGKILL) while calls are in flight: no caller hangs, no process is left over.</summary>
public sealed class KillTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("runner")]
    [InlineData("sidecar")]
    [InlineData(AppIds.Edge)]
    [InlineData(AppIds.Generation)]
    [InlineData(AppIds.Simulator)]
    public async Task Kill_CallsInFlight_EndsEachCallerAndLeavesNoOrphan(string victim)
    {
        const string Flowing = "sim?words=5000&tps=20&seed=71";
        const string Stalling = "sim?words=20&after=7&fault=stall&seed=72";
        var system = await RunningSystem.StartAsync(null, Ct);
        try
        {
            var callers = Enumerable.Range(0, 12).Select(i => CallAsync(system, i % 3 == 0 ? Stalling : Flowing, stream: i % 3 != 0)).ToList();
            await Eventually.TrueAsync(async () => (await system.Simulator.StatsAsync(Ct)).Total.InFlight == callers.Count, "all calls are at the provider", Ct);

            RunningSystem.Kill(victim switch
            {
                "runner" => system.Report.RunnerPid,
                "sidecar" => system.Report.App(AppIds.Edge).SidecarPid,
                _ => system.Report.App(victim).Pid!.Value,
            });

            var ends = await Task.WhenAll(callers).WaitAsync(Patience, Ct);
            Assert.All(ends, end => Assert.False(end.Complete, $"a caller took a part of an answer for the whole: {end}"));
            Assert.All(ends, end => Assert.True(end.Status is 0 or 200 or 502 or 503, end.ToString()));
            Assert.DoesNotContain(ends, end => end is { Stream: false, Status: 200 });
        }
        finally
        {
            await system.DisposeAsync();
        }

        await Eventually.TrueAsync(() => system.LivingProcesses().Count == 0, "no process of the run is left", Ct);
    }

    private static async Task<End> CallAsync(RunningSystem system, string model, bool stream)
    {
        var status = 0;
        try
        {
            using var response = await system.Http.PostAsync(Chat.Body(model, "Kill", stream), Ct);
            status = (int)response.StatusCode;
            if (stream && status == 200)
            {
                var events = await Chat.EventsAsync(response, Ct);
                return new End(stream, status, events is [.., "[DONE]"]);
            }

            await response.Content.ReadAsByteArrayAsync(Ct);
            return new End(stream, status, status == 200);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new End(stream, status, false);
        }
    }

    private sealed record End(bool Stream, int Status, bool Complete);
}
