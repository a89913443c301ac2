using System.Text;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>A message that always fails, and an app that is away for a while.</summary>
public sealed class FailingAppCases
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Poison_ConcurrencyOfOne_HoldsUpTheRest()
    {
        const string Id = "poison/concurrency-1";
        var recorded = RecordingFile.Find(Id);
        await using var app = RecordedApp.Start("poison");
        app.Subscriptions = """[{"pubsubname":"pubsub","topic":"t","route":"/in"}]""";
        app.Scripts["/in"] = async (at, cancel) =>
        {
            await at.AnswerAsync(NameOf(at.Request) == "bad" ? 500 : 200, "", "", cancel);
            return true;
        };
        await using var fleet = await SidecarFleet.StartAsync([new("poison", app.Port) { Resources = PubSubSetup.Resources(recorded) }], Cancel);
        await PubSubSetup.PublishAsync(fleet["poison"].Http, "pubsub/t", "\"bad\"", Cancel);
        await PubSubSetup.PublishAsync(fleet["poison"].Http, "pubsub/t", "\"good\"", Cancel);

        var wanted = recorded.Receive.GetProperty("arrivals").EnumerateArray().Select(name => name.GetString()!).ToArray();
        await PubSubSetup.WaitAsync(() => app.Received.Count >= wanted.Length, Patience, Cancel);

        var arrivals = app.Received.Select(NameOf).Take(wanted.Length).ToArray();
        Verdict.Give(Id, arrivals.SequenceEqual(wanted) ? [] : [$"{string.Join(' ', arrivals)}, recorded {string.Join(' ', wanted)}"]);
    }

    [Fact]
    public async Task AppDown_WhileMessagesArrive_OnlyTheRetriedOneIsDelivered()
    {
        const string Id = "appdown/restart";
        var recorded = RecordingFile.Find(Id);
        var app = RecordedApp.Start("appdown");
        app.Subscriptions = recorded.Part("subscription").GetRawText();
        await using var fleet = await SidecarFleet.StartAsync([new("appdown", app.Port) { Resources = PubSubSetup.Resources(recorded) }], Cancel);
        await app.DisposeAsync();

        await PubSubSetup.PublishAsync(fleet["appdown"].Http, "plain/ad1", "\"one\"", Cancel);
        await PubSubSetup.PublishAsync(fleet["appdown"].Http, "retry/ad2", "\"two\"", Cancel);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, Cancel);
        await using var back = RecordedApp.Start("appdown", port: app.Port);
        back.Scripts["/in/ad1"] = back.Scripts["/in/ad2"] = async (at, cancel) =>
        {
            await at.AnswerAsync(200, "", "", cancel);
            return true;
        };
        await PubSubSetup.WaitAsync(() => back.Received.Count > 0, Patience, Cancel);
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancel);

        var differences = new List<string>();
        Compare("delivered_after", back.Received.Select(NameOf));
        Compare("calls_after_restart", back.Received.Select(request => request.Target));
        Verdict.Give(Id, differences);

        void Compare(string what, IEnumerable<string> actual)
        {
            var wanted = recorded.Receive.GetProperty(what).EnumerateArray().Select(one => one.GetString()!).ToArray();
            if (!actual.SequenceEqual(wanted))
            {
                differences.Add($"{what} {string.Join(", ", actual)}, recorded {string.Join(", ", wanted)}");
            }
        }
    }

    // The event's data, which is a name.
    private static string NameOf(ReceivedRequest request)
    {
        using var envelope = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(request.Body));
        return envelope.RootElement.GetProperty("data").GetString()!;
    }
}
