using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance;

/// <summary>The cases of shutdown: what becomes of calls in flight when a sidecar is asked to end.</summary>
public sealed class BasicsShutdownCases
{
    /// <summary>The cases.</summary>
    public static TheoryData<string> Ids => [.. Owed.Ids("basics", "shutdown")];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Shutdown_WithCallsInFlight_EndsThemTheSame(string id)
    {
        var recorded = RecordingFile.Find(id);
        await using var app = RecordedApp.Start("app");
        await using var fleet = await SidecarFleet.StartAsync([new("sd", app.Port), new("caller")], Cancel);
        var differences = new List<string>();
        if (recorded.Name == "post")
        {
            await PostAsync(recorded, fleet, differences);
        }
        else
        {
            await InFlightAsync(recorded, app, fleet, differences);
        }

        Verdict.Give(id, differences);
    }

    private static async Task PostAsync(RecordedCase recorded, SidecarFleet fleet, List<string> differences)
    {
        var answer = await WireClient.ExchangeAsync(fleet["sd"].Http, SentRequest.Read(recorded.Send, new Placeholders()), Cancel);
        AnswerComparison.Compare(recorded.Receive, answer, new Placeholders(), differences);
        if (SidecarFleet.Daprd is null)
        {
            await WireClient.ExchangeAsync(fleet["caller"].Http, SentRequest.Read(recorded.Send, new Placeholders()), Cancel);
        }

        CompareExit(recorded, await fleet.ExitCodeAsync("sd", Cancel), differences);
    }

    private static async Task InFlightAsync(RecordedCase recorded, RecordedApp app, SidecarFleet fleet, List<string> differences)
    {
        var calls = recorded.Part("answers") is { ValueKind: JsonValueKind.Object } answers
            ? answers.EnumerateObject().Select(answer => (answer.Name, answer.Value)).ToArray()
            : [("stream", recorded.Part("stream"))];
        var running = calls.Select(call => WireClient.ExchangeAsync(
            fleet[call.Name == "own-stream" ? "sd" : "caller"].Http, WireRequest.Get($"/v1.0/invoke/sd/method/{TargetOf(call.Name)}"), Cancel)).ToArray();
        await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Cancel);

        // The development sidecar's process ends when all its sidecars have, so for an exit code the idle one is ended, too.
        if (recorded.Name.Contains("sigterm", StringComparison.Ordinal))
        {
            await fleet.TerminateAsync("sd", Cancel);
        }
        else
        {
            await WireClient.ExchangeAsync(fleet["sd"].Http, new WireRequest("POST", "/v1.0/shutdown", []), Cancel);
        }

        await CompareNewCallAsync(recorded, fleet, differences);
        for (var i = 0; i < calls.Length; i++)
        {
            CompareAnswer(calls[i].Name, calls[i].Value, await running[i], differences);
        }

        if (app.Received.Where(one => !one.Target.StartsWith("/echo", StringComparison.Ordinal)).Any(one => one.AbortMs is not null))
        {
            differences.Add("the app saw a caller leave");
        }

        if (SidecarFleet.Daprd is null && !recorded.Name.Contains("sigterm", StringComparison.Ordinal))
        {
            await WireClient.ExchangeAsync(fleet["caller"].Http, new WireRequest("POST", "/v1.0/shutdown", []), Cancel);
        }

        CompareExit(recorded, await fleet.ExitCodeAsync("sd", Cancel), differences);
    }

    private static string TargetOf(string call) => call switch
    {
        "slow" => "slow/2000",
        "stream" => "ticks/40/100",
        _ => "ticks/80/100",
    };

    // While others' streams go on, the sidecar's own API answers, and says that it is not ready.
    private static async Task CompareNewCallAsync(RecordedCase recorded, SidecarFleet fleet, List<string> differences)
    {
        if (!recorded.Json.TryGetProperty("new_calls", out var calls))
        {
            return;
        }

        await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
        foreach (var (name, target) in ((string, string)[])[("own", "/v1.0/invoke/sd/method/echo/x"), ("healthz", "/v1.0/healthz"), ("outbound", "/v1.0/healthz/outbound")])
        {
            var wanted = calls[0].GetProperty(name);
            var answer = await WireClient.ExchangeAsync(fleet["sd"].Http, WireRequest.Get(target), Cancel);
            if (answer.Status != wanted.GetProperty("status").GetInt32())
            {
                differences.Add($"a new call of {target} is answered with {answer.Status}, recorded {wanted.GetProperty("status")}");
            }
            else if (name == "own" && answer.BodyText != wanted.GetProperty("body").GetString())
            {
                differences.Add($"a new call of {target} has the body {answer.BodyText}");
            }
            else if (name == "healthz" && !answer.BodyText.StartsWith("{\"errorCode\":\"ERR_HEALTH_NOT_READY\",\"message\":\"dapr is not ready: [", StringComparison.Ordinal))
            {
                differences.Add($"healthz says {answer.BodyText}");
            }
        }
    }

    private static void CompareAnswer(string name, JsonElement recorded, WireAnswer actual, List<string> differences)
    {
        var events = actual.BodyText.Split("data: ").Length - 1;
        if (recorded.GetProperty("status").GetInt32() != actual.Status
            || (recorded.GetProperty("end").GetString() == "clean") != actual.Clean
            || recorded.GetProperty("events").GetInt32() != events
            || !actual.BodyText.EndsWith(recorded.GetProperty("tail").GetString()!, StringComparison.Ordinal))
        {
            differences.Add($"{name}: status {actual.Status}, {(actual.Clean ? "clean" : "broken")}, {events} events; recorded {recorded.GetProperty("status")}, {recorded.GetProperty("end")}, {recorded.GetProperty("events")}");
        }
    }

    private static void CompareExit(RecordedCase recorded, int code, List<string> differences)
    {
        if (recorded.Json.TryGetProperty("exit_code", out var wanted) && wanted.GetInt32() != code)
        {
            differences.Add($"the process ended with code {code}, recorded {wanted}");
        }
    }
}
