using System.Text.Json;
using System.Text.Json.Serialization;
using LlmDapr.Contracts.Requests;
using LlmDapr.Jobs.Workers;

namespace LlmDapr.Jobs.Records;

/// <summary>Serialization of what lies in the state store, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(JsonStringEnumConverter<RequestKind>)])]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(WorkerList))]
[JsonSerializable(typeof(WorkerState))]
internal sealed partial class JobsJsonContext : JsonSerializerContext;
