using System.Text.Json;
using Dapr;
using LlmDapr.Contracts;

namespace LlmDapr.Samples.EventCaller.Answers;

/// <summary>Takes results from the sidecar and shows them.</summary>
internal static class AnswerEndpoints
{
    /// <summary>Maps <c>GET /answers</c>, <c>GET /answers/{id}</c> and the subscription.</summary>
    public static void MapAnswers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/answers", (AnswerList answers) => Results.Json(answers.Of(requestId: null), AnswersJsonContext.Default.IReadOnlyListAnswer));
        routes.MapGet("/answers/{id}", (string id, AnswerList answers) =>
            answers.Of(id) is { Count: > 0 } found ? Results.Json(found, AnswersJsonContext.Default.IReadOnlyListAnswer) : Results.NotFound());
        routes.MapPost("/results", TakeAsync).WithTopic(new TopicOptions { PubsubName = DaprComponents.PubSub, Name = Topics.Results });
    }

    private static async Task<IResult> TakeAsync(HttpRequest request, AnswerList answers, ILogger<AnswerList> logger, CancellationToken cancellationToken)
    {
        if (await ReadAsync(request, logger, cancellationToken) is not { } result)
        {
            // It would be no better the next time: an error here would bring it back for ever.
            return Answered(Delivered.Drop);
        }

        // Everyone's results come to this topic, unless they ask for one of their own.
        if (result.Data.RequestSource == EventCallerApp.AppId)
        {
            if (answers.Add(result))
            {
                logger.Answered(result.Data.RequestId, result.Data.Status);
            }
            else
            {
                logger.AnsweredAgain(result.Data.RequestId);
            }
        }

        return Answered(Delivered.Success);
    }

    private static IResult Answered(Delivered how) => Results.Json(how, AnswersJsonContext.Default.Delivered);

    private static async Task<ResultEvent?> ReadAsync(HttpRequest request, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            var result = await JsonSerializer.DeserializeAsync(request.Body, AnswersJsonContext.Default.ResultEvent, cancellationToken);
            if (result is { Id.Length: > 0, Data: { RequestId: not null, RequestSource: not null, Status: not null } })
            {
                return result;
            }

            logger.Unreadable("it has no id, or its data is no result");
        }
        catch (JsonException e)
        {
            logger.Unreadable(e.Message);
        }

        return null;
    }
}
