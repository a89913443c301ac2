using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmDapr.Contracts.Errors;

/// <summary>An answer that is not a success, in OpenAI's shape: <c>{"error":{"message","type","param","code"}}</c>, all four always present.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">One of <see cref="ErrorTypes"/>.</param>
/// <param name="Code">What a program may decide by; null when the type says all.</param>
/// <param name="Message">What went wrong and what to do about it, for a person.</param>
/// <param name="Param">The request's field that is at fault, null when it is none.</param>
/// <param name="RetryAfter">When a new try makes sense; sent as <c>retry-after</c> in whole seconds, rounded up.</param>
/// <param name="Allow">Methods for a 405.</param>
public sealed record ApiError(
    int Status,
    string Type,
    string? Code,
    string Message,
    string? Param = null,
    TimeSpan? RetryAfter = null,
    string? Allow = null)
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A mistake of the caller.</summary>
    public static ApiError InvalidRequest(string message, string? param = null, string? code = null, int status = 400) =>
        new(status, ErrorTypes.InvalidRequest, code, message, param);

    /// <summary>A model that nobody serves.</summary>
    public static ApiError ModelNotFound(string model) =>
        new(404, ErrorTypes.InvalidRequest, "model_not_found", $"The model '{model}' does not exist here. GET /v1/models lists those that do.", "model");

    /// <summary>Generation, a sidecar or every target is out of reach.</summary>
    public static ApiError Unavailable(string message, TimeSpan retryAfter) =>
        new(503, ErrorTypes.ServiceUnavailable, ErrorTypes.ServiceUnavailable, message, RetryAfter: retryAfter);

    /// <summary>The provider broke, or sent what is not an answer.</summary>
    public static ApiError Upstream(string message, string code = ErrorTypes.Upstream) => new(502, ErrorTypes.Upstream, code, message);

    /// <summary>A clock ran out.</summary>
    public static ApiError Timeout(string message) => new(504, ErrorTypes.Timeout, ErrorTypes.Timeout, message);

    /// <summary>The headers that go with this error, besides the content's own.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers()
    {
        if (RetryAfter is { } wait)
        {
            yield return new("retry-after", Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        }

        if (Allow is not null)
        {
            yield return new("allow", Allow);
        }
    }

    /// <summary>The body: UTF-8 JSON in one line, so that it fits into a stream's <c>data:</c> field as it is.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("error"u8);
            writer.WriteString("message"u8, Message);
            writer.WriteString("type"u8, Type);
            writer.WriteString("param"u8, Param);
            writer.WriteString("code"u8, Code);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
