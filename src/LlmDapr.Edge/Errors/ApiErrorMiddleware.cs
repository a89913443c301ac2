using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;

namespace LlmDapr.Edge.Errors;

/// <summary>Sees to it that every answer that is not a success has OpenAI's error object, also those that ASP.NET gives by itself.</summary>
internal sealed class ApiErrorMiddleware(RequestDelegate next, ILogger<ApiErrorMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
            {
                await context.Response.AnswerAsync(ForStatus(context), context.RequestAborted);
            }
        }
        catch (Exception e) when (e is CallerLeftException || (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException))
        {
            logger.CallerLeft();
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await context.Response.AnswerAsync(ApiError.InvalidRequest($"{e.Message} Send the request again as HTTP wants it.", status: e.StatusCode), context.RequestAborted);
        }
        catch (Exception e) when (e is not IncompleteAnswerException)
        {
            logger.Unexpected(context.Request.Path, e);
            if (context.Response.HasStarted)
            {
                throw new IncompleteAnswerException("A defect ended the answer.", e);
            }

            context.Response.Clear();
            context.Response.Headers[HeaderNames.RequestId] = context.TraceIdentifier;
            var error = new ApiError(500, ErrorTypes.Server, "internal_error", $"LlmDapr failed. Its log has the reason under request id {context.TraceIdentifier}.");
            await context.Response.AnswerAsync(error, context.RequestAborted);
        }
    }

    private static ApiError ForStatus(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        return response.StatusCode switch
        {
            404 => ApiError.InvalidRequest($"There is no {request.Method} {request.Path} here. GET /openapi/v1.json describes what there is.", code: "unknown_url", status: 404),
            405 => ApiError.InvalidRequest($"{request.Path} does not take {request.Method}, but {response.Headers.Allow}.", code: "method_not_allowed", status: 405),
            415 => UnsupportedMediaType(request),
            var status => ApiError.InvalidRequest($"The request was refused with {status}.", status: status),
        };
    }

    /// <summary>What is said to a body of another type.</summary>
    public static ApiError UnsupportedMediaType(HttpRequest request) =>
        ApiError.InvalidRequest($"The content type is '{request.ContentType}': send 'application/json' in UTF-8.", code: "unsupported_media_type", status: StatusCodes.Status415UnsupportedMediaType);
}
