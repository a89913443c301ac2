using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Verdicts;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.State;

/// <summary>The owed cases of state-components.json: what one app sees of another's keys, by the component's prefix. <c>gen</c> has a namespace, <c>edge</c> has none.</summary>
public sealed class StatePrefixCases
{
    [Fact]
    public async Task Prefix_AsRecorded_SharesTheSame()
    {
        var ids = Owed.Ids("state-components").ToArray();
        var files = ids
            .Select(id => RecordingFile.Find(id).Text("component"))
            .OfType<string>()
            .Select((yaml, i) => KeyValuePair.Create($"{i}.yaml", yaml.Replace("<redis>", $"{RecordedStores.RedisPort}", StringComparison.Ordinal)))
            .ToDictionary();
        await using var fleet = await SidecarFleet.StartAsync(
            [
                new("edge") { Resources = files },
                new("gen") { Resources = files, Environment = new Dictionary<string, string> { ["NAMESPACE"] = "prod" } },
            ],
            TestContext.Current.CancellationToken);
        var cases = new CaseList();

        foreach (var id in ids)
        {
            var recorded = RecordingFile.Find(id);
            var differences = new List<string>();
            var port = fleet[id.EndsWith("-other", StringComparison.Ordinal) ? "gen" : "edge"].Http;
            var answer = await WireClient.ExchangeAsync(port, SentRequest.Read(recorded.Send, new Placeholders()), TestContext.Current.CancellationToken);
            AnswerComparison.Compare(AnyEtag(recorded.Receive), answer, new Placeholders().With("etag", answer.Headers.First("etag") ?? "none"), differences);
            cases.Give(id, differences);
        }

        cases.Check();
    }

    // Recorded with Redis, whose etags are numbers; what is owed are sqlite's.
    private static JsonElement AnyEtag(JsonElement receive) =>
        JsonDocument.Parse(receive.GetRawText().Replace("[\"Etag\", \"1\"]", "[\"Etag\", \"<etag>\"]", StringComparison.Ordinal)).RootElement;
}
