using System.Text.Json.Serialization;
using LlmDapr.Jobs.DeadLetters;

namespace LlmDapr.Edge.DeadLetters;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LetterList))]
[JsonSerializable(typeof(KeptLetter))]
internal sealed partial class LettersJsonContext : JsonSerializerContext;
