using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Requests;
using LlmDapr.Edge.Callers;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Models;
using LlmDapr.Edge.Requests;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Records;
using LlmDapr.Jobs.Store;
using LlmDapr.PromptCache.Freshness;
using LlmDapr.ServiceDefaults.Requests;
using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Jobs;

/// <summary>
/// Jobs as a resource: accepted with 202 once record and message are durable, asked for, waited for, cancelled. What can be refused at once is, as the same
/// request would be without a job.
/// </summary>
internal sealed class AsyncJobHandler(CallerReader callers, ModelSnapshot models, JobStore jobs, JobView view, IOptions<JobsOptions> options, InFlight inFlight, ILogger<AsyncJobHandler> logger)
{
    public const string IdempotencyKey = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public Task SubmitAsync(HttpContext context, RequestKind kind) => AnswerAsync(context, async cancellationToken =>
    {
        if (JsonRequests.MediaTypeError(context.Request) is { } mediaType)
        {
            return mediaType;
        }

        if (!TryReadKey(context.Request, out var key, out var keyError))
        {
            return keyError;
        }

        if (!callers.TryRead(context, out var caller, out var callerError))
        {
            return callerError;
        }

        if (!TryReadWish(context.Request, out var wish, out var wishError))
        {
            return wishError;
        }

        if (await RequestBody.ReadAsync(context.Request, options.Value.MaxRequestBytes, cancellationToken) is not { } body)
        {
            return TooLarge();
        }

        if (!RequestEnvelope.TryRead(body, kind, out var request, out var error))
        {
            return error;
        }

        if (request.Stream)
        {
            return ApiError.InvalidRequest("A job has no stream: leave 'stream' out, or send the request to the same path without '/async'.", "stream", "unsupported_value");
        }

        // Null, when generation is out of reach, is no reason to refuse: the job waits for it.
        if (await models.ServesAsync(request.Model, cancellationToken) == false)
        {
            return ApiError.ModelNotFound(request.Model);
        }

        var submission = await jobs.SubmitAsync(
            new JobRequest(caller.Tenant, kind, request.Model, body) { IdempotencyKey = key, CacheControl = wish.CacheControl, CacheTtl = wish.CacheTtl },
            cancellationToken);
        switch (submission)
        {
            case Submission.Created created:
                await SendAcceptedAsync(context, created.Job, cancellationToken);
                return null;
            case Submission.Existing existing:
                await SendAcceptedAsync(context, existing.Job, cancellationToken);
                return null;
            case Submission.Conflict:
                return ApiError.InvalidRequest($"This {IdempotencyKey} was used for another request. Use a new one for each request.", IdempotencyKey, "idempotency_conflict", StatusCodes.Status409Conflict);
            default:
                return TooLarge();
        }
    });

    public Task GetAsync(HttpContext context, string id) => AnswerAsync(context, async cancellationToken =>
    {
        if (!callers.TryRead(context, out var caller, out var callerError))
        {
            return callerError;
        }

        var wait = TimeSpan.Zero;
        if (context.Request.Query.TryGetValue("wait", out var text) && !WaitTime.TryParse(text.ToString(), out wait))
        {
            return ApiError.InvalidRequest($"'wait' is '{text}': give a time from 0s to {WaitTime.Longest.TotalSeconds:0}s, such as 30s or 500ms.", "wait", "invalid_value");
        }

        var job = wait > TimeSpan.Zero
            ? await jobs.WaitAsync(caller.Tenant, id, wait, cancellationToken)
            : await jobs.GetAsync(caller.Tenant, id, cancellationToken);
        return await SendAsync(context, job, id, cancellationToken);
    });

    public Task CancelAsync(HttpContext context, string id) => AnswerAsync(context, async cancellationToken =>
        callers.TryRead(context, out var caller, out var callerError)
            ? await SendAsync(context, await jobs.CancelAsync(caller.Tenant, id, cancellationToken), id, cancellationToken)
            : callerError);

    private static bool TryReadKey(HttpRequest request, out string? key, out ApiError? error)
    {
        (key, error) = (null, null);
        if (!request.Headers.TryGetValue(IdempotencyKey, out var values))
        {
            return true;
        }

        key = values.ToString();
        if (values.Count == 1 && key.Length is > 0 and <= MaxKeyLength && !key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return true;
        }

        error = ApiError.InvalidRequest($"The header '{IdempotencyKey}' must be one value of 1 to {MaxKeyLength} printable ASCII characters, such as a UUID.", IdempotencyKey, "invalid_value");
        return false;
    }

    // The cache is asked by whoever runs the job.
    private static bool TryReadWish(HttpRequest request, out KeptWish wish, out ApiError? error)
    {
        var (control, ttl) = (request.Headers.CacheControl, request.Headers[Contracts.HeaderNames.CacheTtl]);
        return KeptWish.TryRead(control.Count == 0 ? null : control.ToString(), ttl.Count == 0 ? null : ttl.ToString(), out wish, out error);
    }

    // The error that the work gives back is sent; so is the one that a broken state store or broker makes.
    private async Task AnswerAsync(HttpContext context, Func<CancellationToken, Task<ApiError?>> work)
    {
        using var counted = inFlight.Enter();
        ApiError? error;
        try
        {
            error = await work(context.RequestAborted);
        }
        catch (JobsUnavailableException unavailable)
        {
            logger.JobsUnavailable(unavailable.Message);
            error = ApiError.Unavailable("The store of the jobs does not answer. Send the request again; with an Idempotency-Key no work is done twice.", RetryAfter);
        }

        if (error is not null)
        {
            await context.Response.AnswerAsync(error, context.RequestAborted);
        }
    }

    private ApiError TooLarge() => JsonRequests.TooLarge(options.Value.MaxRequestBytes, "Jobs:MaxRequestBytes");

    private async Task SendAcceptedAsync(HttpContext context, JobRecord job, CancellationToken cancellationToken)
    {
        // A finished job that is asked for once more is shown with its result.
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        context.Response.Headers.Location = $"/v1/async/{job.Id}";
        await WriteAsync(context, job, cancellationToken);
    }

    private async Task<ApiError?> SendAsync(HttpContext context, JobRecord? job, string id, CancellationToken cancellationToken)
    {
        if (job is null)
        {
            return ApiError.InvalidRequest($"There is no job '{id}' of yours. Results are kept for {options.Value.ResultTtl.TotalHours:0.#} hours.", "id", "job_not_found", StatusCodes.Status404NotFound);
        }

        await WriteAsync(context, job, cancellationToken);
        return null;
    }

    private async Task WriteAsync(HttpContext context, JobRecord job, CancellationToken cancellationToken)
    {
        var shown = await view.ShowAsync(job, cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(shown, AsyncJobJsonContext.Default.AsyncJob, cancellationToken: cancellationToken);
    }
}
