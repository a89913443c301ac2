using System.Text.Json.Serialization;

namespace LlmDapr.Edge.Jobs;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AsyncJob))]
internal sealed partial class AsyncJobJsonContext : JsonSerializerContext;
