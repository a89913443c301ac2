using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Contracts.Errors;
using LlmDapr.Contracts.Hop;
using LlmDapr.Contracts.Requests;
using LlmDapr.Generation.Calls;
using LlmDapr.ServiceDefaults.Requests;
using LlmDapr.ServiceDefaults.Telemetry;
using LlmDapr.ServiceDefaults.Waiting;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Hop;

/// <summary>
/// One request of the hop, from its body to the last byte of its answer:
/// (1) read the body; (2) say that it is taken, so that Dapr repeats nothing from here on; (3) run the call, with a beat now and then;
/// (4) commit with the head; (5) send the body; a stream's fault after the commit is an error event without <c>[DONE]</c>.
/// The connection's end cancels the call wherever it is.
/// </summary>
internal sealed class HopCall(CallRunner runner, CallLedger ledger, IOptions<CallOptions> options, InFlight inFlight, TimeProvider time, ILogger<HopCall> logger)
{
    private readonly CallOptions _options = options.Value;

    public async Task RunAsync(HttpContext context, RequestKind kind)
    {
        using var counted = inFlight.Enter();
        var callerLeft = context.RequestAborted;
        try
        {
            // (1)
            var body = await RequestBody.ReadAsync(context.Request, _options.MaxRequestBytes, callerLeft);

            // (2)
            var hop = new HopAnswer(context.Response);
            if (!await hop.TakeAsync())
            {
                logger.CallerLeft();
                return;
            }

            // (3)
            using var clock = new CallClock(_options.TotalTimeout, TimeLeft(context.Request), time, callerLeft);
            await using var answer = await AnswerAsync(hop, Read(context.Request, kind, body), context.Request.Headers[HeaderNames.CallId], clock);

            // (4) and (5)
            hop.Commit(answer.Head);
            await SendAsync(hop, answer, clock, callerLeft);
        }
        catch (Exception e) when (callerLeft.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            logger.CallerLeft();
        }
    }

    private static (GenerationCall? Call, ApiError? Error) Read(HttpRequest request, RequestKind kind, ReadOnlyMemory<byte>? body)
    {
        if (body is null)
        {
            return (null, ApiError.InvalidRequest("The request body is too large for generation (Calls:MaxRequestBytes).", status: StatusCodes.Status413PayloadTooLarge));
        }

        return RequestEnvelope.TryRead(body.Value, kind, out var envelope, out var error)
            ? (new GenerationCall(kind, envelope, Header(request, HeaderNames.Tenant, "anonymous"), Header(request, HeaderNames.Priority, Priorities.Interactive), TimeLeft(request), KeepsUsage(request)), null)
            : (null, error);
    }

    private static bool KeepsUsage(HttpRequest request) => request.Headers[HeaderNames.Usage] == "include";

    private static string Header(HttpRequest request, string name, string otherwise) =>
        request.Headers[name].ToString() is { Length: > 0 } value ? value : otherwise;

    private static TimeSpan? TimeLeft(HttpRequest request) =>
        long.TryParse(request.Headers[HeaderNames.DeadlineMs], NumberStyles.None, CultureInfo.InvariantCulture, out var left)
            ? TimeSpan.FromMilliseconds(Math.Min(left, (long)TimeSpan.FromDays(1).TotalMilliseconds))
            : null;

    private async Task<CallAnswer> AnswerAsync(HopAnswer hop, (GenerationCall? Call, ApiError? Error) request, string? callId, CallClock clock)
    {
        if (request.Call is not { } call)
        {
            return CallAnswer.Refusal(request.Error!, model: null);
        }

        if (!ledger.TryStart(callId))
        {
            logger.Repeated(callId!);
            return CallAnswer.Refusal(ApiError.Unavailable("The connection to generation broke after the call had begun; it was not made twice.", TimeSpan.FromSeconds(1)), call.Request.Model);
        }

        try
        {
            return await runner.RunAsync(call, clock).WithHeartbeatAsync(HopFormat.BeatInterval, time, hop.BeatAsync);
        }
        catch (OperationCanceledException) when (clock.RanOut)
        {
            logger.TimeRanOut(call.Request.Model, clock.Total);
            return CallAnswer.Refusal(TimedOut(clock), call.Request.Model, attempts: 1);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A hop without a head would say "try again", and a second call may be paid.
            logger.Defect(call.Request.Model, e);
            return CallAnswer.Refusal(new ApiError(StatusCodes.Status500InternalServerError, ErrorTypes.Server, "internal_error", "LlmDapr failed. Generation's log has the reason."), call.Request.Model);
        }
    }

    private async Task SendAsync(HopAnswer hop, CallAnswer answer, CallClock clock, CancellationToken callerLeft)
    {
        await hop.SendAsync(answer.Body, callerLeft);
        if (answer.Rest is not { } stream)
        {
            return;
        }

        byte[] last;
        try
        {
            while (stream.End is null)
            {
                await hop.SendAsync(await stream.ReadAsync(clock.Token), clock.Token);
            }

            last = stream.End.Fault is { } fault ? HopFormat.Event((stream.End.Said ?? fault.ToJson()).Span) : HopFormat.Done.ToArray();
            if (stream.End.Fault is { } broken)
            {
                logger.StreamBroke(answer.Head.Target!, broken.Message);
            }
        }
        catch (OperationCanceledException) when (clock.RanOut)
        {
            logger.TimeRanOut(answer.Head.Model!, clock.Total);
            last = HopFormat.Event(TimedOut(clock).ToJson().Span);
        }

        await hop.SendAsync([last], callerLeft);
    }

    private static ApiError TimedOut(CallClock clock) =>
        ApiError.Timeout(string.Create(CultureInfo.InvariantCulture, $"The answer was not complete within {clock.Total.TotalSeconds:0.###} s."));
}
