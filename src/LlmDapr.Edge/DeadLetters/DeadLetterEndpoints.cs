using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.OpenApi;
using LlmDapr.Jobs.DeadLetters;
using LlmDapr.Jobs.Store;
using LlmDapr.ServiceDefaults.Requests;
using LlmDapr.ServiceDefaults.Tokens;

namespace LlmDapr.Edge.DeadLetters;

/// <summary>Where dead letters come in, from the sidecar alone, and where the operator looks at them and sends them again.</summary>
internal static class DeadLetterEndpoints
{
    private const string Event = "/events/dead";
    private const int MaxEventBytes = 16 * 1024 * 1024;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The subscription. What it cannot keep now is refused, so that the broker brings it again.</summary>
    public static IEndpointRouteBuilder MapDeadLetterEvents(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGroup(string.Empty).RequireAppToken().MapPost(Event, KeepAsync).WithTopic(DaprComponents.PubSub, Topics.Dead).ExcludeFromDescription();
        return endpoints;
    }

    /// <summary>The operator's view.</summary>
    public static RouteGroupBuilder MapDeadLetters(this RouteGroupBuilder admin)
    {
        var letters = admin.MapGroup("/dead-letters");
        letters.MapGet(string.Empty, (HttpContext context, DeadLetterStore store) => GuardedAsync(context, async cancelled =>
            {
                var list = new LetterList("list", await store.ListAsync(cancelled));
                await context.Response.WriteAsJsonAsync(list, LettersJsonContext.Default.LetterList, cancellationToken: cancelled);
                return null;
            }))
            .WithName("listDeadLetters").WithSummary("Lists events that could not be worked on, the newest first.").Produces<LetterList>().ProducesApiErrors();
        letters.MapGet("/{id}", (HttpContext context, string id, DeadLetterStore store) => GuardedAsync(context, async cancelled =>
            {
                if (await store.GetAsync(id, cancelled) is not { } kept)
                {
                    return NotFound(id);
                }

                await context.Response.WriteAsJsonAsync(kept, LettersJsonContext.Default.KeptLetter, cancellationToken: cancelled);
                return null;
            }))
            .WithName("retrieveDeadLetter").WithSummary("Shows one, with its event.").Produces<KeptLetter>().ProducesApiErrors();
        letters.MapPost("/{id}/redrive", (HttpContext context, string id, DeadLetterStore store) => GuardedAsync(context, async cancelled =>
            {
                var done = await store.RedriveAsync(id, cancelled);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return done switch
                {
                    Redrive.Sent => null,
                    Redrive.NotFound => NotFound(id),
                    _ => ApiError.InvalidRequest("This letter is no CloudEvent in JSON for one of the gateway's topics, so that it cannot be sent again. Publish a mended event, then delete the letter.", "id", "not_redrivable", StatusCodes.Status409Conflict),
                };
            }))
            .WithName("redriveDeadLetter").WithSummary("Sends its event to its topic again; one without an id gets the letter's.").Produces(StatusCodes.Status204NoContent).ProducesApiErrors();
        letters.MapDelete("/{id}", (HttpContext context, string id, DeadLetterStore store) => GuardedAsync(context, async cancelled =>
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return await store.RemoveAsync(id, cancelled) ? null : NotFound(id);
            }))
            .WithName("deleteDeadLetter").WithSummary("Forgets one.").Produces(StatusCodes.Status204NoContent).ProducesApiErrors();
        return admin;
    }

    private static async Task<IResult> KeepAsync(HttpContext context, DeadLetterStore store, ILogger<DeadLetterStore> logger)
    {
        try
        {
            var read = await RequestBody.ReadAsync(context.Request, MaxEventBytes, context.RequestAborted);
            await store.KeepAsync(read ?? ReadOnlyMemory<byte>.Empty, context.RequestAborted);
            return TypedResults.Ok();
        }
        catch (JobsUnavailableException unavailable)
        {
            logger.NotKept(unavailable.Message);
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static ApiError NotFound(string id) =>
        ApiError.InvalidRequest($"There is no dead letter '{id}'. GET /admin/dead-letters lists those that there are.", "id", "dead_letter_not_found", StatusCodes.Status404NotFound);

    private static async Task GuardedAsync(HttpContext context, Func<CancellationToken, Task<ApiError?>> work)
    {
        ApiError? error;
        try
        {
            error = await work(context.RequestAborted);
        }
        catch (JobsUnavailableException unavailable)
        {
            error = ApiError.Unavailable(unavailable.Message, RetryAfter);
        }

        if (error is not null)
        {
            await context.Response.AnswerAsync(error, context.RequestAborted);
        }
    }
}
