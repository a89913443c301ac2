using System.Text.Json;

namespace LlmDapr.Generation.Attempts;

/// <summary>What a provider's error object says to a program.</summary>
/// <param name="Code"><c>code</c>, empty when absent.</param>
/// <param name="Type"><c>type</c>, empty when absent.</param>
internal readonly record struct ErrorFacts(string Code, string Type)
{
    /// <summary>The account is used up: asking again changes nothing.</summary>
    public bool IsQuota => Code is "insufficient_quota" or "billing_hard_limit_reached" or "credit_balance_exhausted" || Type == "insufficient_quota";

    /// <summary>The conversation is too long for the model.</summary>
    public bool IsContextLength => Code == "context_length_exceeded";

    /// <summary>Reads <c>{"error":{…}}</c>; what is not of that form says nothing.</summary>
    public static ErrorFacts Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                ? new ErrorFacts(Text(error, "code"), Text(error, "type"))
                : new ErrorFacts(string.Empty, string.Empty);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new ErrorFacts(string.Empty, string.Empty);
        }
    }

    private static string Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
}
