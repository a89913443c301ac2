using System.Text.Json;
using LlmDapr.Dapr.Conformance.Comparison;
using LlmDapr.Dapr.Conformance.Recordings;
using LlmDapr.Dapr.Conformance.Sidecars;
using LlmDapr.Dapr.Conformance.Wire;

namespace LlmDapr.Dapr.Conformance.Grpc;

/// <summary>Runs the cases of state-grpc.json against one sidecar, those over HTTP among them, too.</summary>
internal sealed class GrpcCaseRun(SidecarAddress address, Placeholders placeholders) : IDisposable
{
    private readonly GrpcWire _wire = new(address.Grpc);
    private readonly EtagHistory _etags = new();

    /// <summary>Runs a case and returns what differs.</summary>
    public async Task<List<string>> RunAsync(string id, CancellationToken cancel)
    {
        var recorded = Adapted(RecordingFile.Find(id));
        var differences = new List<string>();
        if (recorded.Send.TryGetProperty("method", out _))
        {
            var answer = await WireClient.ExchangeAsync(address.Http, SentRequest.Read(recorded.Send, placeholders), cancel);
            AnswerComparison.Compare(recorded.Receive, answer, placeholders, differences);
            return differences;
        }

        var request = GrpcRequest.Read(recorded, _etags);
        var result = await _wire.CallAsync(request.Path, request.Message, request.Metadata, cancel);
        if (recorded.Send.TryGetProperty("service", out _))
        {
            CompareReflection(recorded, result, differences);
            return differences;
        }

        GrpcComparison.Compare(recorded, result, placeholders, differences);
        if (recorded.Text("rpc") is null && recorded.Send.TryGetProperty("rpc", out var rpc) && rpc.GetString() == "GetState" && result.Message is not null)
        {
            var read = GrpcComparison.Answer(recorded, result.Message);
            if (read.TryGetProperty("etag", out var etag) && recorded.Send.GetProperty("request").TryGetProperty("key", out var key))
            {
                _etags.Note(key.GetString()!, etag.GetString()!);
            }
        }

        return differences;
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    // The recording's app had port 42000, which its HTTP bodies show as a quoted placeholder; a daprd built from source is "edge".
    private static RecordedCase Adapted(RecordedCase recorded)
    {
        var text = recorded.Json.GetRawText()
            .Replace("\\\"<app>\\\"", "<app>", StringComparison.Ordinal)
            .Replace("\"port\": 42000", "\"port\": \"<app>\"", StringComparison.Ordinal)
            .Replace("\\\"daprRuntimeVersion\\\":\\\"edge\\\"", "\\\"daprRuntimeVersion\\\":\\\"<version>\\\"", StringComparison.Ordinal)
            .Replace("\"daprRuntimeVersion\": \"edge\"", "\"daprRuntimeVersion\": \"<version>\"", StringComparison.Ordinal)
            .Replace("\"runtime_version\": \"edge\"", "\"runtime_version\": \"<version>\"", StringComparison.Ordinal);
        return recorded with { Json = JsonDocument.Parse(text).RootElement };
    }

    // Where reflection is not served, each of its questions has the same answer.
    private static void CompareReflection(RecordedCase recorded, GrpcAnswer actual, List<string> differences)
    {
        foreach (var question in recorded.Receive.EnumerateObject())
        {
            var (code, details) = (question.Value.GetProperty("code").GetString()!, question.Value.GetProperty("details").GetString()!);
            if (!string.Equals(code, actual.Status.StatusCode.ToString(), StringComparison.OrdinalIgnoreCase) || details != actual.Status.Detail)
            {
                differences.Add($"{question.Name}: {actual.Status.StatusCode} {actual.Status.Detail}, recorded {code} {details}");
            }
        }
    }
}
