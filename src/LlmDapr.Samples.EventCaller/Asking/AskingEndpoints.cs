using System.Text.Json;
using Dapr;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Events;
using LlmDapr.Samples.EventCaller.Answers;

namespace LlmDapr.Samples.EventCaller.Asking;

/// <summary>Takes a question over HTTP and publishes it.</summary>
internal static class AskingEndpoints
{
    /// <summary>Maps <c>POST /ask</c>.</summary>
    public static void MapAsking(this IEndpointRouteBuilder routes) => routes.MapPost("/ask", AskAsync);

    /// <param name="body">A request as OpenAI's API takes it.</param>
    /// <param name="id">What the caller calls it; the same id again is the same question, answered once. Default: a new one.</param>
    /// <param name="kind">One of <see cref="LlmRequestKinds"/>. Default: a chat completion.</param>
    /// <param name="dapr">The sidecar.</param>
    /// <param name="logger">The log.</param>
    /// <param name="cancellationToken">The caller has left.</param>
    private static async Task<IResult> AskAsync(JsonElement body, string? id, string? kind, DaprClient dapr, ILogger<AnswerList> logger, CancellationToken cancellationToken)
    {
        id ??= Guid.NewGuid().ToString("N");
        var request = JsonSerializer.SerializeToUtf8Bytes(new LlmRequest(kind, body), EventsJsonContext.Default.LlmRequest);

        // The sidecar makes the CloudEvent: its source is this app's id, and these are the two attributes that the app chooses itself.
        var attributes = new Dictionary<string, string> { ["cloudevent.id"] = id, ["cloudevent.type"] = "llmdapr.request.v1" };
        try
        {
            await dapr.PublishByteEventAsync(DaprComponents.PubSub, Topics.Requests, request, "application/json", attributes, cancellationToken);
        }
        catch (DaprException e)
        {
            // Whether the event got through is unknown: who asks again with the same id loses nothing, and gets one answer.
            logger.NotPublished(id, e.InnerException?.Message ?? e.Message);
            return Results.Json(new Asked(id, "not published; ask again with this id"), AnswersJsonContext.Default.Asked, statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return Results.Json(new Asked(id, "published"), AnswersJsonContext.Default.Asked, statusCode: StatusCodes.Status202Accepted);
    }
}
