using System.Text.Json.Serialization;

namespace LlmDapr.Sidecar.PubSub.Queue;

/// <summary>How metadata is kept in the data file.</summary>
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class QueueJson : JsonSerializerContext;
