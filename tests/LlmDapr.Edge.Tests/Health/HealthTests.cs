using System.Net;
using LlmDapr.Edge.Tests.Hosting;

namespace LlmDapr.Edge.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task Ready_OnlyWithItsSidecar()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var with = await EdgeHost.StartAsync(sidecar.Port);
        await using var without = await EdgeHost.StartAsync(1);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(with, "/readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(without, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(with, "/healthz"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(without, "/healthz"));
    }

    [Fact]
    public async Task Metrics_HaveWhatIsInFlight()
    {
        await using var sidecar = await ScriptedSidecar.StartAsync();
        await using var edge = await EdgeHost.StartAsync(sidecar.Port);

        var metrics = await edge.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("llmdapr_in_flight", metrics, StringComparison.Ordinal);
        Assert.Contains("llmdapr_hop_gate_shut", metrics, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(EdgeHost edge, string path)
    {
        using var response = await edge.SendAsync(new HttpRequestMessage(HttpMethod.Get, path));
        return response.StatusCode;
    }
}
