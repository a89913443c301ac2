using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LlmDapr.Simulator.Errors;

/// <summary>Writes OpenAI's error object: always all four fields.</summary>
internal static class ErrorAnswer
{
    // OpenAI's messages are full of quotes; escaping them, as the default does for HTML's sake, makes them hard to read in a terminal.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync(HttpContext context, ProviderError error, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json; charset=utf-8";
        if (error.RetryAfter is { } wait)
        {
            long ms = Math.Max(1, (long)Math.Ceiling(wait.TotalMilliseconds));
            response.Headers["retry-after"] = Math.Max(1, (ms + 999) / 1000).ToString(CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = ms.ToString(CultureInfo.InvariantCulture);
        }

        byte[] body = Render(error);
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, cancellationToken).AsTask();
    }

    /// <summary><c>{"error":{…}}</c> in UTF-8.</summary>
    public static byte[] Render(ProviderError error)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("message", error.Message);
            json.WriteString("type", error.Type);
            json.WriteString("param", error.Param);
            json.WriteString("code", error.Code);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
