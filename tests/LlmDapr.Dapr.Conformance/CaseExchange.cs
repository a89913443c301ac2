using System.Text.Json;
using LlmDapr.Dapr.Conformance.App;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance;

/// <summary>Runs a case that is one request to one sidecar with at most one app behind it.</summary>
internal static class CaseExchange
{
    /// <summary>Sends the case's request and returns what differs.</summary>
    /// <param name="id">The case.</param>
    /// <param name="port">The sidecar's HTTP port.</param>
    /// <param name="app">The app whose requests the recording has; null when it has none.</param>
    /// <param name="placeholders">What placeholders stand for.</param>
    /// <param name="cancel">The end of the test.</param>
    public static async Task<List<string>> RunAsync(string id, int port, RecordedApp? app, Placeholders placeholders, CancellationToken cancel)
    {
        var recorded = RecordingFile.Find(id);
        app?.Clear();
        var differences = new List<string>();
        var answer = await WireClient.ExchangeAsync(port, SentRequest.Read(recorded.Send, placeholders), cancel);
        AnswerComparison.Compare(recorded.Receive, answer, placeholders, differences);
        if (app is not null && recorded.Part("app_received") is { ValueKind: JsonValueKind.Array } received)
        {
            ReceivedComparison.Compare(app.Name, received, app.Received, placeholders, differences);
        }

        return differences;
    }
}
