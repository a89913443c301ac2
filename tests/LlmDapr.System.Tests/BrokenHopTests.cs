using System.Globalization;
using System.Text.RegularExpressions;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Hop;
using LlmDapr.Testing;

namespace LlmDapr.System.Tests;

/// <summary>The hop breaks between generation and its sidecar, and between edge and its own: never more than one call reaches the provider.</summary>
public sealed partial class BrokenHopTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hop_BreaksBeforeAndAfterGenerationTookTheRequest_AtMostOneCallReachesTheProvider()
    {
        // All ports are known beforehand, so that the proxies can stand between.
        var ports = FreePorts.Take(24);
        var (generationPort, edgeSidecarPort) = (ports[^1], ports[^2]);
        await using var toGeneration = new BreakingProxy(generationPort);
        await using var toSidecar = new BreakingProxy(edgeSidecarPort);
        await using var system = await RunningSystem.StartAsync(
            new RunningSystemOptions
            {
                FreePorts = false,
                ChangeRunFile = text => WithProxyBeforeGeneration(WithPorts(text, ports, edgeSidecarPort), toGeneration.Port, generationPort),
                AppEnvironment = [$"edge:DAPR_HTTP_PORT={toSidecar.Port.ToString(CultureInfo.InvariantCulture)}"],
            },
            Ct);

        foreach (var (proxy, request) in new[] { (toGeneration, $"POST {HopRoutes.ChatCompletions}"), (toSidecar, $"POST /v1.0/invoke/{AppIds.Generation}/method{HopRoutes.ChatCompletions}") })
        {
            foreach (var at in Enum.GetValues<BreakPoint>())
            {
                var broken = proxy.Broken;
                var model = $"sim?ttft=100ms&words=5&seed={proxy.Port + (int)at}";
                proxy.BreakNext(request, at);
                using var response = await system.Http.PostAsync(Chat.Body(model, "Break the hop", stream: false), Ct);

                Assert.Equal(broken + 1, proxy.Broken);
                var healed = proxy == toGeneration && at == BreakPoint.BeforeTheRequest;
                Assert.Equal(healed ? 200 : 503, (int)response.StatusCode);
                await system.BecomesIdleAsync(Ct);
                var calls = (await system.Simulator.OfAsync(model, Ct)).Requests;
                Assert.InRange(calls, healed ? 1 : 0, proxy == toSidecar && at == BreakPoint.BeforeTheRequest ? 0 : 1);
            }
        }
    }

    private static string WithPorts(string text, IReadOnlyList<int> ports, int edgeSidecarPort)
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal) { [AppPorts.Edge.DaprHttp.ToString(CultureInfo.InvariantCulture)] = edgeSidecarPort };
        return Port().Replace(text, match =>
        {
            if (!taken.TryGetValue(match.Value, out var port))
            {
                taken[match.Value] = port = ports[taken.Count];
            }

            return port.ToString(CultureInfo.InvariantCulture);
        });
    }

    // The app-id `generation` is then the proxy, which somebody else runs (no command), and the real one stands behind it under another id.
    private static string WithProxyBeforeGeneration(string text, int proxyPort, int generationPort)
    {
        var entry = Generation().Match(text).Value;
        var front = AppPort().Replace(Command().Replace(entry, string.Empty), proxyPort.ToString(CultureInfo.InvariantCulture));
        var behind = DaprPort().Replace(AppPort().Replace(entry, generationPort.ToString(CultureInfo.InvariantCulture)), string.Empty)
            .Replace($"appID: {AppIds.Generation}", "appID: generation-behind", StringComparison.Ordinal);
        return text.Replace(entry, front + behind, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\b(35|50)\d\d\b")]
    private static partial Regex Port();

    [GeneratedRegex(@"^  - appID: generation\n(    .*\n)+", RegexOptions.Multiline)]
    private static partial Regex Generation();

    [GeneratedRegex(@"^    command: .*\n", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=appPort: )\d+")]
    private static partial Regex AppPort();

    [GeneratedRegex(@"^    (daprHTTPPort|daprGRPCPort|metricsPort): .*\n", RegexOptions.Multiline)]
    private static partial Regex DaprPort();
}
