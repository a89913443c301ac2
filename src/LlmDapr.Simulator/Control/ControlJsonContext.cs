using System.Text.Json.Serialization;

namespace LlmDapr.Simulator.Control;

internal sealed record RecordedRequests(IReadOnlyList<RecordedRequest> Requests);

internal sealed record OpenCalls(IReadOnlyList<OpenCall> Calls);

internal sealed record OpenCall(string Model, string Path, long StartedAtMs, int WordsSent);

internal sealed record Released(int Count);

/// <summary>The control endpoints' JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CallStatistics))]
[JsonSerializable(typeof(RecordedRequests))]
[JsonSerializable(typeof(OpenCalls))]
[JsonSerializable(typeof(Released))]
internal sealed partial class ControlJsonContext : JsonSerializerContext;
