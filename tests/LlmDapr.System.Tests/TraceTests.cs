using System.Diagnostics;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>One trace from the caller to the provider, through both services and their sidecars.</summary>
public sealed class TraceTests(SharedSystem shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trace_OfTheCaller_ReachesTheProvider()
    {
        const string Model = "sim-trace?words=3";
        var trace = ActivityTraceId.CreateRandom().ToString();
        using var request = Chat.Request(Chat.Body(Model, "Trace", stream: false));
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await shared.System.Http.SendAsync(request, Ct);

        Assert.Equal(200, (int)response.StatusCode);
        var sent = Assert.Single(await shared.System.Simulator.HeadersAsync(Model, "traceparent", Ct));
        Assert.StartsWith($"00-{trace}-", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("00f067aa0ba902b7", sent, StringComparison.Ordinal);
    }
}
