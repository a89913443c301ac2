using System.Text.Json;
using System.Text.Json.Serialization;

namespace LlmDapr.Edge.Jobs;

[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class ErrorJsonContext : JsonSerializerContext;
