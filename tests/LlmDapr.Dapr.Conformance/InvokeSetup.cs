using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance;

/// <summary>
/// The sidecars and apps behind invoke.json, and the way a case is run: clear the apps' logs, send, compare the answer and what each app
/// got. A harness for other recordings is built the same way: <see cref="RecordedApp.Start"/> for each app, a
/// <see cref="SidecarSpec"/> for each sidecar (its <c>Resources</c> are the case's own), <see cref="SidecarFleet.StartAsync"/>,
/// <see cref="SentRequest.Read"/>, <see cref="WireClient.ExchangeAsync"/>, <see cref="AnswerComparison.Compare"/>,
/// <see cref="ReceivedComparison.Compare"/>, and at the end <see cref="Verdicts.Verdict.Give"/> with everything that differs.
/// Attempts are in <see cref="RecordedApp.Received"/> with their times since <see cref="RecordedApp.Clear"/>.
/// </summary>
public sealed class InvokeSetup : IAsyncLifetime
{
    private readonly RecordedApp _caller = RecordedApp.Start("caller");
    private readonly RecordedApp _callee = RecordedApp.Start("callee");
    private readonly RecordedApp _callee2 = RecordedApp.Start("callee2");
    private readonly RecordedApp _down = RecordedApp.Start("downapp", open: false);
    private SidecarFleet _fleet = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _fleet = await SidecarFleet.StartAsync(
        [
            new("caller", _caller.Port),
            new("callee", _callee.Port),
            new("callee2", _callee2.Port),
            new("downapp", _down.Port) { BecomesReady = false },
            new("noapp"),
            new("big", _caller.Port) { Flags = ["--max-body-size", "16Mi"] },
            new("big2", _callee2.Port) { Flags = ["--max-body-size", "16Mi"] },
            new("rbcaller", _caller.Port) { Flags = ["--read-buffer-size", "16Ki"] },
            new("rbcallee", _callee.Port) { Flags = ["--read-buffer-size", "16Ki"] },
        ],
        TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        foreach (var app in Apps)
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>Runs a case and returns what differs from its recording.</summary>
    public async Task<List<string>> RunAsync(RecordedCase recorded, CancellationToken cancel)
    {
        foreach (var app in Apps)
        {
            app.Clear();
        }

        var placeholders = NewPlaceholders();
        var request = SentRequest.Read(recorded.Send, placeholders);
        var port = _fleet[SidecarOf(recorded)].Http;
        var differences = new List<string>();
        if (recorded.Send.TryGetProperty("leave_after_s", out var leave))
        {
            await LeaveAsync(recorded, request, port, leave.GetDouble(), differences, cancel);
        }
        else
        {
            var answer = await WireClient.ExchangeAsync(port, request, cancel);
            AnswerComparison.Compare(recorded.Receive, answer, placeholders, differences);
        }

        CompareReceived(recorded, placeholders, differences);
        return differences;
    }

    private IReadOnlyList<RecordedApp> Apps => [_caller, _callee, _callee2, _down];

    private static string SidecarOf(RecordedCase recorded) =>
        recorded.Name.StartsWith("rb16-request", StringComparison.Ordinal) ? "rbcaller"
        : recorded.Send.GetProperty("to").GetString()!.Split(' ')[0];

    private Placeholders NewPlaceholders()
    {
        var placeholders = new Placeholders().With("caller-http", $"{_fleet["caller"].Http}");
        foreach (var app in Apps)
        {
            placeholders.With($"{app.Name}-app", $"{app.Port}");
        }

        return placeholders;
    }

    // The caller reads what comes and leaves at the recorded time; the app has a second to notice.
    private async Task LeaveAsync(RecordedCase recorded, WireRequest request, int port, double seconds, List<string> differences, CancellationToken cancel)
    {
        using (var client = await WireClient.ConnectAsync(port, cancel))
        {
            await client.SendAsync(request, cancel);
            await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System, cancel);
        }

        var left = _callee.Elapsed;
        while (Apps.SelectMany(app => app.Received).All(one => one.AbortMs is null) && _callee.Elapsed < left + 2500)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancel);
        }

        if (Apps.Sum(app => app.Received.Count) == 0)
        {
            differences.Add($"{recorded.Id}: no app got the request");
        }
    }

    private void CompareReceived(RecordedCase recorded, Placeholders placeholders, List<string> differences)
    {
        var received = recorded.Part("app_received");
        switch (received.ValueKind)
        {
            case System.Text.Json.JsonValueKind.Array:
                ReceivedComparison.Compare("callee", received, _callee.Received, placeholders, differences);
                break;
            case System.Text.Json.JsonValueKind.Object:
                foreach (var app in Apps)
                {
                    if (received.TryGetProperty(app.Name, out var list))
                    {
                        ReceivedComparison.Compare(app.Name, list, app.Received, placeholders, differences);
                    }
                    else if (app.Received.Count > 0)
                    {
                        differences.Add($"{app.Name} got {app.Received.Count} requests, recorded none");
                    }
                }

                break;
        }
    }
}
