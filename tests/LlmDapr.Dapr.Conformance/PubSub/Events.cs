using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.PubSub;

/// <summary>What the cases of pub/sub have in common: texts with placeholders that are sent, and messages that arrive later.</summary>
internal static partial class Events
{
    // Long enough for a message that should not come; the recordings' came within 2 ms.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Placeholders of a case whose app has this port; where nothing traces, <c>&lt;traceparent&gt;</c> is all zeros.</summary>
    public static Placeholders PlaceholdersOf(RecordedApp app) =>
        new Placeholders().With("app", $"{app.Port}").With("traceparent", "00-00000000000000000000000000000000-0000000000000000-00");

    /// <summary>Fills in what is sent: a time and a trace of the publisher's own.</summary>
    public static JsonElement Fill(JsonElement send) => JsonSerializer.Deserialize<JsonElement>(send.GetRawText()
        .Replace("<time>", "2026-11-25T15:00:00Z", StringComparison.Ordinal)
        .Replace("<traceparent>", "00-11111111111111111111111111111111-2222222222222222-01", StringComparison.Ordinal));

    /// <summary>A recorded element without what varies: ids that were left as recorded, and bodies of which there is only the size.</summary>
    public static JsonElement Normal(JsonElement recorded) => JsonSerializer.Deserialize<JsonElement>(
        SizeOnly().Replace(Uuid().Replace(recorded.GetRawText(), "<uuid>"), ""));

    /// <summary>Publishes one event.</summary>
    public static Task<WireAnswer> PublishAsync(int port, string target, string contentType, string body, CancellationToken cancel) =>
        WireClient.ExchangeAsync(port, new WireRequest("POST", target, [new("Content-Type", contentType)], "length", Encoding.UTF8.GetBytes(body)), cancel);

    /// <summary>Waits until an app has so many requests; where it should have none, whether one comes.</summary>
    public static async Task WaitAsync(RecordedApp app, int count, CancellationToken cancel)
    {
        var start = TimeProvider.System.GetTimestamp();
        var limit = count == 0 ? Quiet : Patience;
        while ((count == 0 || app.Received.Count < count) && TimeProvider.System.GetElapsedTime(start) < limit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancel);
        }
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@", ""body"": ""<[0-9]+ (bytes|characters)[^>]*>""")]
    private static partial Regex SizeOnly();
}
