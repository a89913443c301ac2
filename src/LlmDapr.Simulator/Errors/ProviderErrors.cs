using System.Globalization;

namespace LlmDapr.Simulator.Errors;

/// <summary>The errors that OpenAI sends, with its texts.</summary>
internal static class ProviderErrors
{
    private const string InvalidRequest = "invalid_request_error";

    public static ProviderError Invalid(string message, string? param, string? code = null, int status = StatusCodes.Status400BadRequest) =>
        new(status, message, InvalidRequest, param, code);

    public static ProviderError Missing(string param) => Invalid($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static ProviderError WrongType(string param, string expected, string actual) =>
        Invalid($"Invalid type for '{param}': expected {expected}, but got {actual} instead.", param, "invalid_type");

    public static ProviderError WrongValue(string param, string expected) =>
        Invalid($"Invalid value for '{param}': expected {expected}.", param, "invalid_value");

    public static ProviderError BadJson() => Invalid(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. "
        + "The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
        param: null);

    public static ProviderError ModelNotFound(string model, string? param = null) =>
        Invalid($"The model `{model}` does not exist or you do not have access to it.", param, "model_not_found", StatusCodes.Status404NotFound);

    public static ProviderError UnknownUrl(string method, string path) =>
        Invalid($"Invalid URL ({method} {path})", param: null, status: StatusCodes.Status404NotFound);

    public static ProviderError WrongMethod(string method, string path) => Invalid(
        $"Not allowed to {method} on {path}. (HINT: Perhaps you meant to use a different HTTP method?)",
        param: null,
        code: "method_not_supported",
        status: StatusCodes.Status405MethodNotAllowed);

    public static ProviderError MissingKey() => Invalid(
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        param: null,
        status: StatusCodes.Status401Unauthorized);

    public static ProviderError WrongKey(string key) => Invalid(
        $"Incorrect API key provided: {Mask(key)}. You can find your API key at https://platform.openai.com/account/api-keys.",
        param: null,
        code: "invalid_api_key",
        status: StatusCodes.Status401Unauthorized);

    public static ProviderError ContextLength(int tokens) => Invalid(
        string.Create(
            CultureInfo.InvariantCulture,
            $"This model's maximum context length is {Math.Max(1, tokens - 1)} tokens. However, your messages resulted in {tokens} tokens. Please reduce the length of the messages."),
        "messages",
        "context_length_exceeded");

    public static ProviderError Quota() => new(
        StatusCodes.Status429TooManyRequests,
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        "insufficient_quota",
        null,
        "insufficient_quota");

    public static ProviderError ServerError() => new(
        StatusCodes.Status500InternalServerError,
        "The server had an error while processing your request. Sorry about that!",
        "server_error",
        null,
        null);

    public static ProviderError Overloaded() => new(
        StatusCodes.Status503ServiceUnavailable,
        "The engine is currently overloaded, please try again later.",
        "overloaded",
        null,
        "overloaded")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    public static ProviderError TooManyAtOnce(string model, string organization, int limit) => RateLimit(
        string.Create(CultureInfo.InvariantCulture, $"Rate limit reached for {model} in organization {organization} on concurrent requests: Limit {limit}. Please try again in 1s."),
        "requests",
        TimeSpan.FromSeconds(1));

    public static ProviderError RateLimit(string message, string type, TimeSpan? retryAfter) =>
        new(StatusCodes.Status429TooManyRequests, message, type, null, "rate_limit_exceeded") { RetryAfter = retryAfter };

    // As OpenAI does: both ends stay, so that a gateway's care for its operator's key can be tested.
    private static string Mask(string key) => key.Length <= 8 ? new string('*', key.Length) : $"{key[..4]}{new string('*', key.Length - 8)}{key[^4..]}";
}
