using System.Diagnostics;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The cases of app health: an app that is unhealthy, recovers, and becomes unhealthy again; probes every second, threshold 2.</summary>
public sealed class BasicsAppHealthCases
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppHealth_ProbesFailAndRecover_AnswerTheSame()
    {
        await using var app = RecordedApp.Start("app");
        app.HealthStatus = 500;
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("hc", app.Port) { Flags = ["--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-threshold", "2"] },
                new("caller"),
            ],
            Cancel);
        var placeholders = new Placeholders().With("app3", $"{app.Port}");
        var cases = new CaseList();

        foreach (var recorded in Owed.Ids("basics", "app-health").Select(RecordingFile.Find))
        {
            List<string> differences;
            switch (recorded.Name)
            {
                case "recovers":
                    app.HealthStatus = 200;
                    differences = await ChangesAsync(fleet, to: 200, withinMs: 2500);
                    break;
                case "turns-unhealthy":
                    app.HealthStatus = 500;
                    differences = await ChangesAsync(fleet, to: 500, withinMs: 5000);
                    break;
                default:
                    if (recorded.Name.StartsWith("probe-status-", StringComparison.Ordinal))
                    {
                        app.HealthStatus = int.Parse(recorded.Name["probe-status-".Length..], System.Globalization.CultureInfo.InvariantCulture);
                        await ChangesAsync(fleet, recorded.Receive.GetProperty("status").GetInt32(), withinMs: 5000);
                    }

                    var port = fleet[recorded.Send.GetProperty("to").GetString() == "caller daprd" ? "caller" : "hc"].Http;
                    differences = await CaseExchange.RunAsync(recorded.Id, port, app, placeholders, Cancel);
                    break;
            }

            cases.Give(recorded.Id, differences);
        }

        cases.Check();
    }

    // Waits for three probes' time at most: less would depend on when the last probe was.
    private static async Task<List<string>> ChangesAsync(SidecarFleet fleet, int to, int withinMs)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < withinMs)
        {
            var answer = await WireClient.ExchangeAsync(fleet["caller"].Http, WireRequest.Get("/v1.0/invoke/hc/method/echo/x"), Cancel);
            if (answer.Status == to)
            {
                return [];
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        }

        return [$"calls did not come to be answered with {to} within {withinMs} ms"];
    }
}
