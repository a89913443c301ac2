using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>
/// Runs the delivery table (<c>deliver/*</c>): one sidecar whose app is its own subscriber; the event's data names the answer that the app gives.
/// The modes run beside each other, the cases of a mode one after the other.
/// </summary>
public sealed class DeliveryRuns : IAsyncLifetime
{
    /// <summary>The modes that are owed, each with its component.</summary>
    public static readonly IReadOnlyDictionary<string, string> Components = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["plain"] = "plain",
        ["dlq"] = "plain",
        ["retry"] = "retry",
        ["retry-nodlq"] = "retry",
        ["match"] = "match",
    };

    // How late an attempt too many may come: the policies wait 200 ms.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly RecordedApp _app = RecordedApp.Start("deliver");
    private readonly ConcurrentDictionary<string, JsonElement> _answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private Task<SidecarFleet> _running = null!;

    /// <inheritdoc/>
    public ValueTask InitializeAsync()
    {
        _running = RunAsync();
        return ValueTask.CompletedTask;
    }

    /// <summary>What differs in a case.</summary>
    public async Task<List<string>> ResultAsync(string id)
    {
        await _running;
        var recorded = RecordingFile.Find(id);
        var outcome = recorded.Part("outcome");
        var received = _app.Received.Where(request => EventOf(request) == EventOf(recorded)).ToArray();
        var attempts = received.Where(request => request.Target.StartsWith("/in/", StringComparison.Ordinal)).ToArray();
        var deadLetters = received.Length - attempts.Length;
        var differences = new List<string>();
        var wanted = outcome.GetProperty("targets").EnumerateArray().Select(target => target.GetString()!).ToArray();
        if (!attempts.Select(attempt => attempt.Target).SequenceEqual(wanted))
        {
            differences.Add($"calls {string.Join(", ", attempts.Select(attempt => attempt.Target))}, recorded {string.Join(", ", wanted)}");
        }
        else
        {
            CompareGaps(outcome.GetProperty("gaps_ms_about"), attempts, differences);
        }

        if (deadLetters > 0 != outcome.GetProperty("dead_letter_published").GetBoolean() || deadLetters > 1)
        {
            differences.Add($"{deadLetters} dead letters, recorded {outcome.GetProperty("dead_letter_published").GetBoolean()}");
        }

        if (recorded.Part("app_received") is { ValueKind: JsonValueKind.Array } requests)
        {
            var placeholders = new Placeholders().With("app", $"{_app.Port}").With("traceparent", PubSubSetup.NoTrace);

            // One request a target was recorded, however many attempts there were.
            ReceivedComparison.Compare(_app.Name, requests, [.. received.DistinctBy(request => request.Target)], placeholders, differences);
        }

        return differences;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await (await _running).DisposeAsync();
        }
        catch (OperationCanceledException)
        {
            // The test was given up.
        }

        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task<SidecarFleet> RunAsync()
    {
        var setup = RecordingFile.Find("deliver/setup");
        _app.Subscriptions = setup.Part("subscription").GetRawText();
        foreach (var route in setup.Part("subscription").EnumerateArray().Select(subscription => subscription.GetProperty("route").GetString()!))
        {
            _app.Scripts[route] = route.StartsWith("/dlq/", StringComparison.Ordinal) ? TakeAsync : AnswerAsync;
        }

        var fleet = await SidecarFleet.StartAsync(
            [new SidecarSpec("deliver", _app.Port) { Resources = PubSubSetup.Resources(setup) }], _stop.Token);
        var modes = Components.Keys.Select(mode => Owed.Ids("pubsub-deliver", $"deliver/{mode}").Select(RecordingFile.Find).ToArray());
        await Task.WhenAll(modes.Select(cases => RunModeAsync(fleet["deliver"].Http, cases)));
        await Task.Delay(Afterwards, TimeProvider.System, _stop.Token);
        return fleet;
    }

    private async Task RunModeAsync(int port, RecordedCase[] cases)
    {
        foreach (var recorded in cases)
        {
            var (mode, answer) = (recorded.Id.Split('/')[1], recorded.Id.Split('/')[2]);
            var id = EventOf(recorded);
            var outcome = recorded.Part("outcome");
            _answers[id] = recorded.Part("app_answers");
            var topic = outcome.GetProperty("targets")[0].GetString()!["/in/".Length..];
            await PubSubSetup.PublishAsync(
                port, $"{Components[mode]}/{topic}?metadata.cloudevent.id={id}&metadata.foo=bar", $"{{\"answer\":\"{answer}\"}}", _stop.Token);

            // The next case waits for this one, but no longer than a busy machine explains: what is missing then is the verdict's affair.
            var wanted = outcome.GetProperty("attempts").GetInt32() + (outcome.GetProperty("dead_letter_published").GetBoolean() ? 1 : 0);
            await PubSubSetup.WaitAsync(() => _app.Received.Count(request => EventOf(request) == id) >= wanted, TimeSpan.FromSeconds(5), _stop.Token);
        }
    }

    private async Task<bool> AnswerAsync(AppScript at, CancellationToken cancel)
    {
        var id = EventOf(at.Request);
        var answer = _answers[id];
        var attempt = _attempts.AddOrUpdate(id, 1, (_, count) => count + 1);
        if (answer.ValueKind == JsonValueKind.Array)
        {
            answer = answer[Math.Min(attempt, answer.GetArrayLength()) - 1];
        }

        if (answer.ValueKind == JsonValueKind.String)
        {
            // "reset" and "close": no answer.
            return false;
        }

        if (answer.TryGetProperty("delay", out var seconds) && !await at.PauseAsync(seconds.GetInt32() * 1000, cancel))
        {
            return false;
        }

        var status = answer.TryGetProperty("status", out var code) ? code.GetInt32() : 200;
        var body = answer.TryGetProperty("body", out var text) ? text.GetString()! : "";
        var headers = answer.TryGetProperty("headers", out var list)
            ? string.Concat(list.EnumerateArray().Select(header => $"{header[0].GetString()}: {header[1].GetString()}\r\n"))
            : "content-type: application/json\r\n";
        await at.AnswerAsync(status, body, headers, cancel);
        return true;
    }

    private static async Task<bool> TakeAsync(AppScript at, CancellationToken cancel)
    {
        await at.AnswerAsync(200, "", "", cancel);
        return true;
    }

    private static void CompareGaps(JsonElement recorded, ReceivedRequest[] attempts, List<string> differences)
    {
        for (var i = 0; i < recorded.GetArrayLength(); i++)
        {
            var (gap, wanted) = (attempts[i + 1].AtMs - attempts[i].AtMs, recorded[i].GetDouble());
            if (gap < (wanted * 0.9) - 20 || gap > (wanted * 1.25) + 1500)
            {
                differences.Add($"attempt {i + 2} came {gap:0} ms after the one before, recorded {wanted:0} ms");
            }
        }
    }

    private static string EventOf(RecordedCase recorded) => recorded.Id["deliver/".Length..].Replace('/', '_');

    private static string EventOf(ReceivedRequest request)
    {
        try
        {
            using var envelope = JsonDocument.Parse(request.Body);
            return envelope.RootElement.GetProperty("id").GetString()!;
        }
        catch (JsonException)
        {
            return Encoding.UTF8.GetString(request.Body);
        }
    }
}
