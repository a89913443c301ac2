using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Caching;
using LlmDapr.Edge.Callers;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Models;
using LlmDapr.Edge.Requests;
using LlmDapr.ServiceDefaults.Requests;
using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Completions;

/// <summary>
/// One request of a caller: (1) what it is and who asks; (2) its body, read whole and looked at, never changed; (3) whether the model exists;
/// (4) what the cache has to do with it: where it has a part, all that follows is <see cref="CachedCompletions"/>'s; (5) generation's answer up to the commit
/// point; (6) the answer to the caller. Until (6) nothing has been sent, so that every fault has its status.
/// </summary>
internal sealed class CompletionHandler(
    CallerReader callers,
    ModelSnapshot models,
    GenerationClient generation,
    AnswerRelay relay,
    CachedCompletions cached,
    IOptions<ForwardingOptions> options,
    InFlight inFlight,
    TimeProvider time)
{
    private readonly ForwardingOptions _options = options.Value;

    public async Task HandleAsync(HttpContext context, RequestKind kind)
    {
        using var counted = inFlight.Enter();

        // (1)
        if (JsonRequests.MediaTypeError(context.Request) is { } mediaType)
        {
            await context.Response.AnswerAsync(mediaType, context.RequestAborted);
            return;
        }

        if (!callers.TryRead(context, out var caller, out var callerError))
        {
            await context.Response.AnswerAsync(callerError!, context.RequestAborted);
            return;
        }

        var arrivedAt = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(caller.TimeLeft + _options.DeadlineGrace, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, deadline.Token);
        try
        {
            await ForwardAsync(context, kind, caller, arrivedAt, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            await context.Response.AnswerAsync(caller.TooLate(), context.RequestAborted);
        }
    }

    private async Task ForwardAsync(HttpContext context, RequestKind kind, Caller caller, long arrivedAt, CancellationToken cancellationToken)
    {
        // (2)
        if (await RequestBody.ReadAsync(context.Request, _options.MaxRequestBytes, cancellationToken) is not { } body)
        {
            await context.Response.AnswerAsync(TooLarge(), cancellationToken);
            return;
        }

        if (!RequestEnvelope.TryRead(body, kind, out var request, out var error))
        {
            await context.Response.AnswerAsync(error, cancellationToken);
            return;
        }

        // (3) Null, when nobody can tell, is for generation to judge.
        if (await models.ServesAsync(request.Model, cancellationToken) == false)
        {
            await context.Response.AnswerAsync(ApiError.ModelNotFound(request.Model), cancellationToken);
            return;
        }

        var timeLeft = caller.TimeLeft - time.GetElapsedTime(arrivedAt);
        if (timeLeft <= TimeSpan.Zero)
        {
            await context.Response.AnswerAsync(caller.TooLate(), cancellationToken);
            return;
        }

        // (4)
        if (!cached.TryPlan(context, kind, request, caller, out var plan, out error!))
        {
            await context.Response.AnswerAsync(error, cancellationToken);
            return;
        }

        if (!plan.IsBypass)
        {
            await cached.SendAsync(context, new CachedRequest(plan, kind, request, caller, arrivedAt), cancellationToken);
            return;
        }

        // (5)
        var (answer, refusal) = await generation.SendAsync(kind, body, caller with { TimeLeft = timeLeft }, cancellationToken);
        if (answer is null)
        {
            await context.Response.AnswerAsync(refusal!, cancellationToken);
            return;
        }

        // (6)
        await using (answer)
        {
            await relay.SendAsync(context, answer, cancellationToken);
        }
    }

    private ApiError TooLarge() => JsonRequests.TooLarge(_options.MaxRequestBytes, "Forwarding:MaxRequestBytes and the sidecars' maxBodySize");
}
