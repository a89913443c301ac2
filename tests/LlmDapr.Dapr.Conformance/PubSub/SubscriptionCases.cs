using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>The owed cases of start, route and decl: what a sidecar asks its app, what metadata lists, and where events go.</summary>
public sealed class SubscriptionCases(SubscriptionFleet fleet) : IClassFixture<SubscriptionFleet>
{
    /// <summary>The cases.</summary>
    public static TheoryData<string> Ids => [.. SubscriptionFleet.Ids];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Subscriptions_OfACase_AreTheSame(string id)
    {
        var recorded = fleet.CaseOf(id);
        var (app, port) = (fleet.AppOf(id), fleet.PortOf(id));
        var placeholders = Events.PlaceholdersOf(app);
        var differences = new List<string>();
        if (recorded.Part("notes") is { ValueKind: JsonValueKind.Object } notes)
        {
            await ComeLateAsync(notes, app, port, differences);
        }

        CompareAsked(recorded, app, placeholders, differences);
        await CompareMetadataAsync(recorded, port, differences);
        foreach (var delivery in recorded.Part("deliveries") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToArray() : [])
        {
            await DeliverAsync(delivery, app, port, placeholders, differences);
        }

        foreach (var way in recorded.Receive is { ValueKind: JsonValueKind.Array } ways ? ways.EnumerateArray().ToArray() : [])
        {
            await RouteAsync(recorded, way, app, port, differences);
        }

        Verdict.Give(id, differences);
    }

    [Fact]
    public async Task Start_ADeclaredRuleIsNoCel_EndsTheSame()
    {
        var recorded = RecordingFile.Find("decl/bad-cel");
        await using var app = RecordedApp.Start("app1");
        var resources = recorded.Part("resources").EnumerateObject().ToDictionary(file => file.Name, file => file.Value.GetString()!);
        var differences = new List<string>();
        try
        {
            await using var started = await SidecarFleet.StartAsync([new SidecarSpec("app1", app.Port) { Resources = resources }], Cancel);
            differences.Add("the sidecar started");
        }
        catch (InvalidOperationException ended)
        {
            if (!ended.Message.Contains($"ended with code {recorded.Part("exit_code")}", StringComparison.Ordinal) || !ended.Message.Contains("event.type ==", StringComparison.Ordinal))
            {
                differences.Add(ended.Message);
            }
        }

        if (app.AskedBySidecar.Count > 0)
        {
            differences.Add("the app was asked");
        }

        Verdict.Give(recorded.Id, differences);
    }

    // The app opens its port when the sidecar has been up for a while.
    private static async Task ComeLateAsync(JsonElement notes, RecordedApp app, int port, List<string> differences)
    {
        foreach (var (name, target) in ((string, string)[])[("healthz_while_app_is_down", "/v1.0/healthz"), ("outbound_while_app_is_down", "/v1.0/healthz/outbound")])
        {
            var answer = await WireClient.ExchangeAsync(port, WireRequest.Get(target), Cancel);
            if (notes.GetProperty(name).GetInt32() != answer.Status)
            {
                differences.Add($"{name}: {answer.Status}, recorded {notes.GetProperty(name)}");
            }
        }

        // To a topic that nobody wants: in the recording's broker what is published before somebody subscribes is gone, in Redis it is not.
        var component = app.Name.Replace("a0", "m", StringComparison.Ordinal);
        var early = await Events.PublishAsync(port, $"/v1.0/publish/{component}/nobodys", "application/json", "{}", Cancel);
        AnswerComparison.Compare(notes.GetProperty("publish_while_app_is_down"), early, Events.PlaceholdersOf(app), differences);
        app.Open();
        for (var i = 0; i < 1000 && (await WireClient.ExchangeAsync(port, WireRequest.Get("/v1.0/healthz"), Cancel)).Status != 204; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    private static void CompareAsked(RecordedCase recorded, RecordedApp app, Placeholders placeholders, List<string> differences)
    {
        if (recorded.Part("app_received") is not { ValueKind: JsonValueKind.Array } wanted)
        {
            return;
        }

        // The recording has each question once, and how often the second was asked beside them.
        var asked = app.AskedBySidecar;
        var token = recorded.Name == "api-tokens";
        ReceivedComparison.Compare(app.Name, WithToken(wanted, token), [.. asked.DistinctBy(one => one.Target)], placeholders, differences);
        var calls = asked.Count(one => one.Target == "/dapr/subscribe");
        if (calls != recorded.Part("subscribe_calls").GetInt32())
        {
            differences.Add($"/dapr/subscribe was asked for {calls} times, recorded {recorded.Part("subscribe_calls")}");
        }
    }

    private static JsonElement WithToken(JsonElement wanted, bool token) => wanted.GetRawText().Contains("Dapr-Api-Token", StringComparison.Ordinal) || !token
        ? wanted
        : JsonSerializer.Deserialize<JsonElement>(wanted.GetRawText().Replace("[\"Accept-Encoding\"", "[\"Dapr-Api-Token\", \"app-secret\"], [\"Accept-Encoding\"", StringComparison.Ordinal));

    private static async Task CompareMetadataAsync(RecordedCase recorded, int port, List<string> differences)
    {
        if (recorded.Receive.ValueKind == JsonValueKind.Array)
        {
            return;
        }

        var answer = await WireClient.ExchangeAsync(port, WireRequest.Get("/v1.0/metadata"), Cancel);
        var listed = JsonSerializer.Deserialize<JsonElement>(answer.Body).TryGetProperty("subscriptions", out var list) ? list : default;
        var wanted = recorded.Part("metadata_subscriptions");
        if (listed.ValueKind != wanted.ValueKind || (listed.ValueKind == JsonValueKind.Array && !JsonElement.DeepEquals(listed, wanted)))
        {
            differences.Add($"metadata lists {listed}, recorded {wanted}");
        }
    }

    private static async Task DeliverAsync(JsonElement delivery, RecordedApp app, int port, Placeholders placeholders, List<string> differences)
    {
        app.Clear();
        var publish = delivery.GetProperty("publish");
        var (target, body) = (publish.GetProperty("target").GetString()!, publish.GetProperty("body").GetString()!);
        var answer = await Events.PublishAsync(port, target, publish.GetProperty("content_type").GetString()!, body, Cancel);
        if (answer.Status != delivery.GetProperty("status").GetInt32()
            || (delivery.TryGetProperty("answer", out var text) && text.GetString() != answer.BodyText))
        {
            differences.Add($"{target}: answered {answer.Status} {answer.BodyText}, recorded {delivery.GetProperty("status")}");
        }

        var wanted = delivery.GetProperty("app_received");
        await Events.WaitAsync(app, wanted.GetArrayLength(), Cancel);
        var before = differences.Count;
        ReceivedComparison.Compare(app.Name, wanted, app.Received, placeholders, differences);
        if (differences.Count > before)
        {
            differences.Add($"  (that was {target} with {body})");
        }
    }

    private static async Task RouteAsync(RecordedCase recorded, JsonElement way, RecordedApp app, int port, List<string> differences)
    {
        app.Clear();
        var subscription = recorded.Part("subscription")[0];
        var target = $"/v1.0/publish/{subscription.GetProperty("pubsubname")}/{subscription.GetProperty("topic")}";
        await Events.PublishAsync(port, target, way.GetProperty("content_type").GetString()!, way.GetProperty("event").GetString()!, Cancel);
        var wanted = way.GetProperty("delivered_to").EnumerateArray().Select(path => path.GetString()!).ToArray();
        await Events.WaitAsync(app, wanted.Length, Cancel);
        if (!wanted.SequenceEqual(app.Received.Select(one => one.Target)))
        {
            differences.Add($"{way.GetProperty("event")} went to [{string.Join(", ", app.Received.Select(one => one.Target))}], recorded [{string.Join(", ", wanted)}]");
        }
    }
}
