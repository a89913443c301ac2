using System.Text.Json.Serialization;
using LlmDapr.Contracts.Hop;

namespace LlmDapr.Contracts;

/// <summary>Serialization of the wire records, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModelTable))]
[JsonSerializable(typeof(HopHead))]
public sealed partial class ContractsJsonContext : JsonSerializerContext;
