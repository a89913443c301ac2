using System.Text.Json.Serialization;

namespace LlmDapr.Contracts.Events;

/// <summary>Serialization of what events carry, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobMessage))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(LlmRequest))]
[JsonSerializable(typeof(LlmResult))]
[JsonSerializable(typeof(string))]
public sealed partial class EventsJsonContext : JsonSerializerContext;
