using System.Text.Json.Serialization;
using LlmDapr.Samples.EventCaller.Asking;

namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>Serialization of what this app reads and says.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Asked))]
[JsonSerializable(typeof(Delivered))]
[JsonSerializable(typeof(ResultEvent))]
[JsonSerializable(typeof(IReadOnlyList<Answer>))]
internal sealed partial class AnswersJsonContext : JsonSerializerContext;
