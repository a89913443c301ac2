using LlmDapr.Contracts.Errors;
using LlmDapr.Edge.Errors;
using Microsoft.Net.Http.Headers;

namespace LlmDapr.Edge.Requests;

/// <summary>What can be said against a request before its JSON is read.</summary>
internal static class JsonRequests
{
    /// <summary>415 for a body that is not plain JSON in UTF-8; null when it is.</summary>
    public static ApiError? MediaTypeError(HttpRequest request)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed : null;
        var isJson = type is not null
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
        return !isJson ? ApiErrorMiddleware.UnsupportedMediaType(request)
            : request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity"
                ? ApiError.InvalidRequest($"The content encoding is '{request.Headers.ContentEncoding}': send the body as it is.", code: "unsupported_content_encoding", status: StatusCodes.Status415UnsupportedMediaType)
                : null;
    }

    /// <summary>413, with what the operator may do about it.</summary>
    public static ApiError TooLarge(long limit, string remedy) => ApiError.InvalidRequest(
        $"The request body is larger than {limit} bytes. Send less (or the operator raises {remedy}).",
        code: "request_too_large",
        status: StatusCodes.Status413PayloadTooLarge);
}
