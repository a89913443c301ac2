using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Testing;

namespace LlmDapr.Benchmarks.Invocation;

/// <summary>
/// One POST of 1 KB, answered with 1 KB by an app on loopback: asked directly, through a bare YARP forwarder, and through the development sidecar with
/// the project's own resiliency policies. The three take turns in short rounds, so that whatever else the machine does hits them alike; "added" is a
/// route's median above the direct one's.
/// </summary>
internal static class InvocationBenchmark
{
    private const int WarmUpCalls = 3000;
    private const int CallsPerRound = 2000;
    private const int Rounds = 15;
    private const double Limit = 2.0;

    public static async Task<int> RunAsync()
    {
        await using var app = await LoopbackServers.AppAsync();
        await using var yarp = await LoopbackServers.ForwarderAsync(LoopbackServers.AddressOf(app));
        await using var sidecar = await SidecarHost.StartAsync(
        [
            new SidecarOptions { AppId = AppIds.Edge, ResourcesPaths = [Path.Combine(Programs.Root, "components")] },
            new SidecarOptions { AppId = AppIds.Generation, AppPort = LoopbackServers.AddressOf(app).Port },
        ]);
        var invoke = new Uri($"http://127.0.0.1:{sidecar.Instances[0].HttpPort}/v1.0/invoke/{AppIds.Generation}/method{HopRoutes.ChatCompletions}");

        var failed = false;
        foreach (var connections in new[] { 1, 16 })
        {
            var direct = new Route("direct", new Uri(LoopbackServers.AddressOf(app), HopRoutes.ChatCompletions), connections);
            var through = new Route("bare YARP forwarder", new Uri(LoopbackServers.AddressOf(yarp), HopRoutes.ChatCompletions), connections);
            var invoked = new Route("development sidecar", invoke, connections);
            Route[] routes = [direct, through, invoked];
            foreach (var route in routes)
            {
                await route.CallAsync(WarmUpCalls, record: false);
            }

            for (var round = 0; round < Rounds; round++)
            {
                foreach (var route in routes)
                {
                    await route.CallAsync(CallsPerRound, record: true);
                }
            }

            var ratio = (invoked.Median - direct.Median) / (through.Median - direct.Median);
            failed |= ratio > Limit;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{connections} connection(s), {CallsPerRound * Rounds} calls a route; median and p99 in µs"));
            foreach (var route in routes)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {route.Name,-22}{route.Median,8:0}{route.P99,8:0}   added {route.Median - direct.Median,6:0}"));
                route.Dispose();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the sidecar adds {ratio:0.00} x what YARP adds (limit {Limit:0.0})"));
        }

        return failed ? 1 : 0;
    }
}
