using System.Net;
using LlmDapr.Contracts.Hop;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.Edge.Tests.Forwarding;

/// <summary>What edge does about the circuit breaker of its sidecar.</summary>
public sealed class BreakerTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("circuit breaker is open")]
    [InlineData("too many requests")]
    public async Task BreakerOpen_CallsAreRefusedUntilAProbeIsAnswered(string reason)
    {
        var time = new WatchedTime();
        var open = true;
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => open ? ScriptedSidecar.DaprErrorAsync(context, reason) : ScriptedSidecar.PlainAsync(context, "{}");
        sidecar.Probe = context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return open ? ScriptedSidecar.DaprErrorAsync(context, "circuit breaker is open") : Task.CompletedTask;
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port, time: time);
        var gate = edge.Services.GetRequiredService<GenerationGates>()[HopRoutes.ChatCompletions];
        await time.TimersAsync(TimeSpan.FromSeconds(10));

        using var first = await edge.ChatAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, first.StatusCode);
        Assert.True(gate.IsShut);
        for (var i = 0; i < 3; i++)
        {
            using var refused = await edge.ChatAsync();
            Assert.Equal((503, "service_unavailable"), (await EdgeHost.ErrorAsync(refused)) is var error ? (error.Status, error.Type) : default);
            Assert.Equal("1", refused.Headers.GetValues("retry-after").Single());
        }

        Assert.Single(sidecar.Calls);

        // The first probe has failed, and the gate waits for its second. No other timer is of a second: the table of models was read.
        await time.TimersAsync(Second);
        open = false;

        // Embeddings are another path, and another breaker.
        using var other = await edge.SendAsync(EdgeHost.Request("""{"model":"m","input":"x"}""", "/v1/embeddings"));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        time.Advance(Second);
        await Soon.UntilAsync(() => !gate.IsShut);
        using var flows = await edge.ChatAsync();
        Assert.Equal(HttpStatusCode.OK, flows.StatusCode);
        Assert.All(sidecar.Probes, path => Assert.Equal(HopRoutes.ChatCompletions, path));
        Assert.Equal(2, sidecar.Probes.Count);
    }

    // Words of a provider are no words of daprd.
    [Fact]
    public async Task BreakersWordsFromSomebodyElse_ShutNothing()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("circuit breaker is open", context.RequestAborted);
        };
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        using var first = await edge.ChatAsync();
        using var second = await edge.ChatAsync();

        Assert.Equal(2, sidecar.Calls.Count);
        Assert.Empty(sidecar.Probes);
    }

    [Fact]
    public async Task TwentyFailuresInARow_AreFollowedByOneProbe()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.DaprErrorAsync(context, "dial refused");
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        for (var i = 0; i < PathGate.ProbeAfter; i++)
        {
            Assert.Empty(sidecar.Probes);
            using var response = await edge.ChatAsync();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        await Soon.UntilAsync(() => sidecar.Probes.Count == 1);
        Assert.Equal(PathGate.ProbeAfter, sidecar.Calls.Count);
    }

    [Fact]
    public async Task TwentyCallersWhoLeave_AreFollowedByOneProbeAndTrafficFlows()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = ScriptedSidecar.NeverEndAsync;
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);
        using var leaving = new CancellationTokenSource();

        var callers = Enumerable.Range(0, PathGate.ProbeAfter).Select(_ => edge.Client.SendAsync(EdgeHost.Request(EdgeHost.Chat), leaving.Token)).ToList();
        await Soon.UntilAsync(() => sidecar.Calls.Count == PathGate.ProbeAfter);
        await leaving.CancelAsync();
        await Task.WhenAll(callers.Select(caller => Assert.ThrowsAnyAsync<OperationCanceledException>(() => caller)));

        await Soon.UntilAsync(() => sidecar.Probes.Count == 1);
        await edge.IdleAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, "{}");
        using var response = await edge.ChatAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    // A provider's 500 and a caller's mistake are answers like any other: Dapr saw a 200 that was read to its end.
    [Fact]
    public async Task FortyErrorsOfTheProvider_AreNoFailuresOfThePath()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        sidecar.Call = context => ScriptedSidecar.PlainAsync(context, "{\"error\":{}}", 500);
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        for (var i = 0; i < 2 * PathGate.ProbeAfter; i++)
        {
            using var response = await edge.ChatAsync();
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        }

        Assert.Empty(sidecar.Probes);
    }

    [Fact]
    public async Task SidecarThatTakesNoConnection_Is503()
    {
        using var deaf = new DeafListener();
        await using var edge = await EdgeHost.StartAsync(deaf.Port, time: new WatchedTime());

        using var response = await edge.ChatAsync();

        Assert.Equal((503, "service_unavailable"), (await EdgeHost.ErrorAsync(response)) is var error ? (error.Status, error.Type) : default);
    }
}
