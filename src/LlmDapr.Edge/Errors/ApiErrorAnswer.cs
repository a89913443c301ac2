using LlmDapr.Contracts.Errors;

namespace LlmDapr.Edge.Errors;

internal static class ApiErrorAnswer
{
    /// <summary>Answers with an error. The response must not have begun.</summary>
    public static async Task AnswerAsync(this HttpResponse response, ApiError error, CancellationToken cancellationToken)
    {
        var body = error.ToJson();
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        foreach (var (name, value) in error.Headers())
        {
            response.Headers[name] = value;
        }

        if (!HttpMethods.IsHead(response.HttpContext.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, cancellationToken);
        }
    }
}
