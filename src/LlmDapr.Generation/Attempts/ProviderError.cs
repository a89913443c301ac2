using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using LlmDapr.Contracts.Errors;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Attempts;

/// <summary>
/// A provider's own error: as it is where it is OpenAI's error object, made one where it is not, and always without the operator's key.
/// </summary>
internal static class ProviderError
{
    private static readonly string[] Fields = ["message", "type", "param", "code"];
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The provider's headers, but the content type is JSON whatever it was.</summary>
    public static List<string[]> Headers(ProviderResponse response)
    {
        var headers = response.CallerHeaders();
        headers.RemoveAll(header => header[0] == "content-type");
        headers.Insert(0, ["content-type", "application/json"]);
        return headers;
    }

    public static ReadOnlyMemory<byte> Body(Provider provider, int status, ReadOnlyMemory<byte> body) =>
        provider.Redaction.Apply(Complete(body) ?? Made(provider, status, body));

    /// <summary>An error that came inside a stream, in the one form that edge knows: the error object alone, in one line.</summary>
    public static ReadOnlyMemory<byte> InStream(Provider provider, ReadOnlyMemory<byte> said)
    {
        var body = Complete(said) ?? new ApiError(502, ErrorTypes.Upstream, ErrorTypes.Upstream, $"The provider '{provider.Name}' said: {Beginning(said)}").ToJson();
        if (!body.Span.StartsWith("{\"error\":{"u8) || body.Span.Contains((byte)'\n'))
        {
            var error = JsonNode.Parse(body.Span)!["error"]!.DeepClone();
            body = Encoding.UTF8.GetBytes(new JsonObject { ["error"] = error }.ToJsonString(Relaxed));
        }

        return provider.Redaction.Apply(body);
    }

    private static ReadOnlyMemory<byte>? Complete(ReadOnlyMemory<byte> body)
    {
        try
        {
            if (JsonNode.Parse(body.Span) is not JsonObject answer || answer["error"] is not JsonObject error)
            {
                return null;
            }

            var missing = Array.FindAll(Fields, field => !error.ContainsKey(field));
            if (missing.Length == 0)
            {
                return body;
            }

            foreach (var field in missing)
            {
                error[field] = field switch { "message" => "The provider gave no message.", "type" => ErrorTypes.Upstream, _ => null };
            }

            return Encoding.UTF8.GetBytes(answer.ToJsonString(Relaxed));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ReadOnlyMemory<byte> Made(Provider provider, int status, ReadOnlyMemory<byte> body)
    {
        var said = Beginning(body);
        return new ApiError(
            status,
            status < 500 ? ErrorTypes.InvalidRequest : ErrorTypes.Upstream,
            string.Create(CultureInfo.InvariantCulture, $"provider_{status}"),
            $"The provider '{provider.Name}' answered {status} and said: {(said.Length == 0 ? "nothing more" : said)}").ToJson();
    }

    private static string Beginning(ReadOnlyMemory<byte> said) => Encoding.UTF8.GetString(said.Span[..Math.Min(said.Length, 300)]).Trim();
}
