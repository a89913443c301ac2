using System.Text.Json;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Events;
using LlmDapr.Jobs;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Workers;
using LlmDapr.ServiceDefaults.Requests;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

/// <summary>
/// Takes deliveries of the broker. A handler is short: 200 once the job is claimed durably, or needs nobody; 503 when there was no capacity within
/// <see cref="JobsOptions.Hold"/> or the state store is away, upon which the broker brings the message again. Thread-safe.
/// </summary>
internal sealed class JobDelivery(JobSlots slots, JobWorker worker, JobRunner runner, IOptions<JobsOptions> options, TimeProvider time, ILogger<JobDelivery> logger)
{
    // An event is a few kilobytes larger than the request in it.
    private const int MostBytes = 16 * 1024 * 1024;

    private readonly JobsOptions _options = options.Value;

    /// <summary>A message of <see cref="Topics.Jobs"/>.</summary>
    public Task JobAsync(HttpContext context) => ReceiveAsync(context, Topics.Jobs, async (received, body) =>
    {
        if (MessageOf(received) is not { } message)
        {
            await BuryAsync(Topics.Jobs, "malformed", "It is not a message of this system.", received, body);
            return true;
        }

        return await TakeAsync(message.Model, () => worker.ClaimAsync(message.Id, CancellationToken.None), message.Id, context.RequestAborted);
    });

    /// <summary>An event of <see cref="Topics.Requests"/>.</summary>
    public Task RequestAsync(HttpContext context) => ReceiveAsync(context, Topics.Requests, async (received, body) =>
    {
        switch (RequestEvent.Read(received, _options))
        {
            case RequestEvent.Good good:
                return await TakeAsync(good.Job.Request.Model, () => worker.ClaimNewAsync(good.Job, CancellationToken.None), good.Job.EventId, context.RequestAborted);

            case RequestEvent.Refused refused:
                await worker.RejectAsync(refused.Job, ResultOf(refused.Error), CancellationToken.None);
                return true;

            case RequestEvent.Unusable unusable:
                await BuryAsync(Topics.Requests, unusable.Code, unusable.Reason, received, body);
                if (unusable.Job is { } job)
                {
                    await worker.RejectAsync(job, ResultOf(ApiError.InvalidRequest(unusable.Reason, code: unusable.Code)), CancellationToken.None);
                }

                return true;

            case var other:
                throw new InvalidOperationException($"No such event: {other}");
        }
    });

    private static JobResult ResultOf(ApiError error) => new(error.Status, "application/json", error.ToJson());

    private static JobMessage? MessageOf(CloudEventBody received)
    {
        try
        {
            return received.Data?.Deserialize(EventsJsonContext.Default.JobMessage) is { Id: not null, Model: not null } message ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task ReceiveAsync(HttpContext context, string topic, Func<CloudEventBody, ReadOnlyMemory<byte>, Task<bool>> take)
    {
        var isTaken = false;
        try
        {
            var body = await RequestBody.ReadAsync(context.Request, MostBytes, context.RequestAborted) ?? ReadOnlyMemory<byte>.Empty;
            isTaken = await TakeOrBuryAsync(topic, CloudEventBody.Read(body), body, take);
        }
        catch (JobsUnavailableException e)
        {
            logger.NotTaken(topic, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sidecar has gone, and brings it again when it is back.
        }

        context.Response.StatusCode = isTaken ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
    }

    // What we cannot cope with would come again every few seconds, for ever.
    private async Task<bool> TakeOrBuryAsync(string topic, CloudEventBody received, ReadOnlyMemory<byte> body, Func<CloudEventBody, ReadOnlyMemory<byte>, Task<bool>> take)
    {
        try
        {
            return await take(received, body);
        }
        catch (Exception e) when (e is not (JobsUnavailableException or OperationCanceledException or IOException or BadHttpRequestException))
        {
            logger.DefectiveDelivery(topic, e);
            await BuryAsync(topic, "defect", "LlmDapr failed on it. Generation's log has the reason.", new CloudEventBody((JsonElement?)null), body);
            return true;
        }
    }

    private async Task<bool> TakeAsync(string model, Func<Task<Claim>> claimAsync, string id, CancellationToken left)
    {
        if (await slots.TakeAsync(model, _options.Hold, left) is not { } slot)
        {
            logger.NoCapacity(model, _options.Hold);
            return false;
        }

        var handedOver = false;
        try
        {
            switch (await claimAsync())
            {
                case Claim.Taken taken:
                    handedOver = true;
                    runner.Start(taken.Job, slot);
                    break;
                case Claim.Missing:
                    logger.Missing(id);
                    break;
            }

            return true;
        }
        finally
        {
            if (!handedOver)
            {
                slot.Dispose();
            }
        }
    }

    // JSON's grammar lets texts pass that are none: half of a character.
    private static bool CanBeWritten(DeadLetter letter)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(letter, EventsJsonContext.Default.DeadLetter).Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task BuryAsync(string topic, string code, string reason, CloudEventBody received, ReadOnlyMemory<byte> body)
    {
        logger.Dead(topic, code, reason);
        var letter = new DeadLetter(topic, code, reason, received.Envelope, null, time.GetUtcNow());
        var isJson = received.Envelope is not null && CanBeWritten(letter);
        await worker.DeadLetterAsync(isJson ? letter : letter with { Event = null, Text = System.Text.Encoding.UTF8.GetString(body.Span) }, body, CancellationToken.None);
    }
}
