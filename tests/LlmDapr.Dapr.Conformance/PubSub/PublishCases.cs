using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>The owed cases of pubsub-publish.json: one app publishes, another gets what it is subscribed to. Cases run in the recorded order.</summary>
public sealed class PublishCases
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("publisher")]
    [InlineData("publisher2")]
    [InlineData("max16")]
    [InlineData("sampling1")]
    public async Task Publish_OfASetUp_AnswersAndArrivesTheSame(string setUp)
    {
        var tracing = Path.Combine(Path.GetTempPath(), $"llmdapr-tracing-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(tracing, "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: tracing\nspec:\n  tracing:\n    samplingRate: \"1\"\n", Cancel);
        await using var app = RecordedApp.Start("subscriber");
        (app.OtherStatus, app.Subscriptions) = (200, SubscriptionsOf(setUp));
        string[] flags = setUp switch { "max16" => ["--max-body-size", "16Mi"], "sampling1" => ["--config", tracing], _ => [] };
        var resources = RecordingFile.Find("publish/setup").Part("resources").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!);
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new(AppIdOf(setUp)) { Resources = resources, Flags = flags },
                new("subscriber", app.Port) { Resources = resources, Flags = flags },
                new("bare"),
            ],
            Cancel);
        File.Delete(tracing);
        var cases = new CaseList();
        foreach (var id in Owed.Ids("pubsub-publish").Where(id => SetUpOf(id) == setUp))
        {
            var port = fleet[id == "publish/none-configured" ? "bare" : AppIdOf(setUp)].Http;
            cases.Give(id, await RunAsync(RecordingFile.Find(id), port, app));
        }

        cases.Check();
    }

    private static string AppIdOf(string setUp) => setUp == "publisher" ? setUp : "publisher2";

    private static string SetUpOf(string id) => id switch
    {
        "publish/body-5MiB-max16" => "max16",
        "publish/wildcard-redis" or "publish/topic-special" => "publisher2",
        _ when id.StartsWith("publish/trace-sampling1", StringComparison.Ordinal) => "sampling1",
        _ => RecordingFile.Find(id).Send.GetProperty("target").GetString()!.Contains("/jobs2", StringComparison.Ordinal) ? "publisher2" : "publisher",
    };

    // The recording has those of the first set-up only; the others' follow from what was delivered.
    private static string SubscriptionsOf(string setUp) => setUp == "publisher"
        ? RecordingFile.Find("publish/setup").Part("subscription").GetRawText()
        : """[{"pubsubname":"pubsub","topic":"jobs2","route":"/in"},{"pubsubname":"pubsub","topic":"wild*","route":"/wild"},{"pubsubname":"pubsub","topic":"sp ace:ä","route":"/space"}]""";

    private static async Task<List<string>> RunAsync(RecordedCase recorded, int port, RecordedApp app)
    {
        app.Clear();
        var placeholders = Events.PlaceholdersOf(app);
        var differences = new List<string>();
        var answer = await WireClient.ExchangeAsync(port, SentRequest.Read(Events.Fill(recorded.Send), placeholders), Cancel);
        var wanted = recorded.Part("app_received");
        await Events.WaitAsync(app, wanted.ValueKind == JsonValueKind.Array ? wanted.GetArrayLength() : 0, Cancel);
        var receive = recorded.Receive;
        if (recorded.Name.StartsWith("trace-sampling1", StringComparison.Ordinal))
        {
            (receive, wanted) = Relate(receive, wanted, answer, app.Received, differences);
        }

        AnswerComparison.Compare(receive, answer, placeholders, differences);
        if (wanted.ValueKind == JsonValueKind.Array)
        {
            ReceivedComparison.Compare("subscriber", Events.Normal(wanted), app.Received, placeholders, differences);
        }

        return differences;
    }

    // Traces are random: what counts is that the answer's is in the envelope, and that the delivery has a span of its own in it.
    private static (JsonElement Receive, JsonElement Wanted) Relate(
        JsonElement receive, JsonElement wanted, WireAnswer answer, IReadOnlyList<ReceivedRequest> received, List<string> differences)
    {
        var (recorded, actual) = (HeaderOf(receive, "Traceparent"), answer.Headers.First("Traceparent") ?? "");
        var (recordedSpan, actualSpan) = (HeaderOf(wanted[0], "Traceparent"), received.Count == 0 ? "" : received[0].Headers.First("Traceparent") ?? "");
        if (actual.Length != 55 || !actual.EndsWith("-01", StringComparison.Ordinal) || !actualSpan.StartsWith(actual[..36], StringComparison.Ordinal) || actual == actualSpan)
        {
            differences.Add($"the answer's trace is {actual}, the delivery's {actualSpan}; recorded {recorded} and {recordedSpan}");
            return (receive, wanted);
        }

        if (recorded.Contains("-aaaa", StringComparison.Ordinal) && !actual.Contains("-aaaa", StringComparison.Ordinal))
        {
            differences.Add($"the answer's trace is {actual}, not that of the caller");
        }

        JsonElement Replace(JsonElement element) => JsonSerializer.Deserialize<JsonElement>(element.GetRawText()
            .Replace(recorded, actual, StringComparison.Ordinal).Replace(recordedSpan, actualSpan, StringComparison.Ordinal));
        return (Replace(receive), Replace(wanted));
    }

    private static string HeaderOf(JsonElement message, string name) =>
        message.GetProperty("headers").EnumerateArray().First(header => header[0].GetString() == name)[1].GetString()!;
}
