using System.Text.Json.Serialization;

namespace LlmDapr.Jobs.DeadLetters;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeptLetter))]
[JsonSerializable(typeof(LetterIndex))]
internal sealed partial class DeadLettersJsonContext : JsonSerializerContext;
