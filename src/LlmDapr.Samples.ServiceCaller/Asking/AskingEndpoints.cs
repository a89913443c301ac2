using System.Net.Http.Headers;
using LlmDapr.Contracts;

namespace LlmDapr.Samples.ServiceCaller.Asking;

/// <summary>Takes a question over HTTP, asks edge through Dapr, and passes the answer on as it comes.</summary>
internal static class AskingEndpoints
{
    private static readonly Uri ChatCompletions = new("/v1/chat/completions", UriKind.Relative);

    /// <summary>Maps <c>POST /ask</c>.</summary>
    public static void MapAsking(this IEndpointRouteBuilder routes) => routes.MapPost("/ask", AskAsync);

    private static async Task AskAsync(HttpContext context, HttpClient edge, ILogger<AnswerPassage> logger)
    {
        var left = context.RequestAborted;
        using var request = await RequestAsync(context.Request, left);
        HttpResponseMessage answer;
        try
        {
            // As soon as the head is there: a streamed answer is passed on word by word.
            answer = await edge.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, left);
        }
        catch (HttpRequestException e)
        {
            logger.SidecarUnreachable(e.Message);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        using (answer)
        {
            // Edge's own errors have OpenAI's form; where Dapr itself failed, the body has an "errorCode".
            await new AnswerPassage(context).RunAsync(answer, left);
        }
    }

    private static async Task<HttpRequestMessage> RequestAsync(HttpRequest from, CancellationToken cancellationToken)
    {
        // The whole body first: a request with a Content-Length is one that Dapr can send again while nobody has begun to answer it; a chunked one (JsonContent is
        // such) fails at once.
        using var body = new MemoryStream();
        await from.Body.CopyToAsync(body, cancellationToken);
        var request = new HttpRequestMessage(HttpMethod.Post, ChatCompletions)
        {
            Content = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };

        // Never text/event-stream alone: daprd would turn every error's status into 500 and lose its body.
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        foreach (var name in (string[])["Authorization", HeaderNames.RequestId, HeaderNames.DeadlineMs])
        {
            if (from.Headers.TryGetValue(name, out var values))
            {
                request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }
}
