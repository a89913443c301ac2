using System.Buffers;
using System.Globalization;
using System.Text;

namespace LlmDapr.Sidecar.Api;

/// <summary>The sidecar's own error answers: <c>{"errorCode":…,"message":…}</c>.</summary>
internal static class DaprError
{
    /// <summary>The code of everything that goes wrong with service invocation.</summary>
    public const string DirectInvoke = "ERR_DIRECT_INVOKE";

    /// <summary>The message for a request that names no app.</summary>
    public const string NoAppId = "failed getting app id either from the URL path or the header dapr-app-id";

    // What Go's encoder escapes: of the printable characters these only. .NET's most relaxed encoder still escapes what is beyond the BMP.
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\"\\<>&\u2028\u2029" + string.Concat(Enumerable.Range(0, 0x20).Select(c => (char)c)));

    /// <summary>Answers with an error; <paramref name="details"/> is a JSON array, or null.</summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string message, string? details = null)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"errorCode\":{Quote(code)},\"message\":{Quote(message)}{(details is null ? "" : $",\"details\":{details}")}}}");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? response.CompleteAsync()
            : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Answers that a call failed.</summary>
    public static Task WriteInvokeFailureAsync(HttpContext context, string appId, string error) =>
        WriteAsync(context, StatusCodes.Status500InternalServerError, DirectInvoke, $"failed to invoke, id: {GoPath.ToText(appId)}, err: {error}");

    /// <summary>Answers with plain text and a line end, as Go's <c>http.Error</c> does.</summary>
    public static Task WriteTextAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text + "\n");
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>Answers as Go's server does before any handler is asked: a short text, then the connection ends.</summary>
    public static Task WriteRefusalAsync(HttpContext context, int status, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.Connection = "close";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    /// <summary>A JSON string as Go writes it.</summary>
    public static string Quote(string text)
    {
        if (text.AsSpan().IndexOfAny(Escaped) < 0)
        {
            return $"\"{text}\"";
        }

        var quoted = new StringBuilder(text.Length + 16).Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                _ when Escaped.Contains(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }
}
