using System.Buffers;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resiliency;
using LlmDapr.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>
/// Service invocation. A call's life: (1) the target by header, Basic or path; (2) checks that need no target; (3) the body's limit;
/// (4) attempts under the target's policy, each one forwarded by YARP; (5) the answer that was kept, or daprd's error.
/// </summary>
internal sealed class Invoker(SidecarInstance caller, IHttpForwarder forwarder, ResiliencyPolicies policies, ILogger logger)
{
    // Without this YARP gives up after 100 silent seconds; a sidecar has no clock of its own.
    private static readonly ForwarderRequestConfig Forwarding = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan,
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>Invokes what the request asks for.</summary>
    public async Task InvokeAsync(HttpContext context, RequestTarget request, TraceContext trace)
    {
        if (!InvocationTarget.TryFind(request.Path, context.Request.Headers, out var target))
        {
            await DaprError.WriteAsync(context, StatusCodes.Status404NotFound, DaprError.DirectInvoke, DaprError.NoAppId);
            return;
        }

        var call = new InvocationCall(context, caller, target, request.Query, trace);
        caller.CallStarted();
        try
        {
            var refused = CallChecks.Find(call);
            if (call.Kind == ChannelKind.Remote && RequestHeaders.HasMadeUpIdentity(context.Request.Headers))
            {
                logger.IdentityDropped(caller.AppId);
            }

            if (refused is { } refusal)
            {
                await EndRefusedAsync(call, refusal);
                return;
            }

            var policy = policies.ForApp(target.AppId);
            var replay = await PrepareBodyAsync(call, policy);
            var result = await policy.ExecuteAsync(target.Method, call.HasLength, cancel => AttemptAsync(call, replay, cancel), context.RequestAborted);
            await FinishAsync(call, result);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: there is nobody to answer.
        }
        finally
        {
            caller.CallEnded();
        }
    }

    private static async Task<byte[]?> PrepareBodyAsync(InvocationCall call, InvocationPolicy policy)
    {
        var request = call.Context.Request;
        BodyPresence.Decide(call);
        if (!call.HasLength || request.ContentLength is null or 0)
        {
            request.Body = new RequestBody(request.Body, call.Caller.Options.MaxBodySize, call);
            return null;
        }

        // A longer body than is allowed got here only because its app is unknown; nobody will read it.
        if (!policy.MayRepeatAnswers || request.ContentLength > call.Caller.Options.MaxBodySize)
        {
            return null;
        }

        var body = GC.AllocateUninitializedArray<byte>((int)request.ContentLength.Value);
        await request.Body.ReadExactlyAsync(body, call.Context.RequestAborted);
        return body;
    }

    private async ValueTask<AttemptResult> AttemptAsync(InvocationCall call, byte[]? replay, CancellationToken cancel)
    {
        var (route, failure) = caller.Routes.Resolve(call);
        if (route is not { } channel)
        {
            return failure;
        }

        call.Attempts++;
        if (AppUrl.TryWrite(call, channel, out var url) is { } badUrl)
        {
            return new AttemptResult(AttemptEnd.Failed, 0, 13, badUrl, Committed: false);
        }

        if (replay is not null)
        {
            call.Context.Request.Body = new MemoryStream(replay, writable: false);
        }

        await channel.EnterAsync(cancel);
        var callee = call.Callee;
        callee?.ServeStarted();
        try
        {
            return await ForwardAsync(call, channel, url, cancel);
        }
        finally
        {
            callee?.ServeEnded();
            channel.Leave();
        }
    }

    private async Task<AttemptResult> ForwardAsync(InvocationCall call, AppChannel channel, string url, CancellationToken cancel)
    {
        var context = call.Context;
        if (context.Request.Headers.Upgrade.Count > 0)
        {
            // Sidecars upgrade nothing; YARP would.
            context.Features.Set<IHttpUpgradeFeature>(null);
        }

        if (call.Attempts > 1)
        {
            // YARP refuses a response that something has set already, and the attempt before this one has.
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.Headers.Clear();
            ResponseDefaults.Set(context, caller.Tracing, call.Trace);
        }

        var attempt = new Attempt(call, channel, url, call.Attempts);
        var error = await forwarder.SendAsync(context, channel.BaseAddress, channel.Client, Forwarding, attempt, cancel);
        if (attempt.Result is { } result)
        {
            return result;
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            return new AttemptResult(AttemptEnd.CallerLeft, 0, 1, "context canceled", context.Response.HasStarted);
        }

        if (error is ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled)
        {
            return new AttemptResult(AttemptEnd.Failed, 0, 4, "context deadline exceeded", context.Response.HasStarted);
        }

        var text = call.BodyTooLarge
            ? "stream too large"
            : FailureText.Of(call, channel, url, context.Features.Get<IForwarderErrorFeature>()?.Exception);
        return new AttemptResult(AttemptEnd.Failed, 0, 13, text, context.Response.HasStarted);
    }

    private static async Task EndRefusedAsync(InvocationCall call, CallRefusal refusal)
    {
        if (refusal.TooLarge)
        {
            await EndTooLargeAsync(call, refusal.Error);
            return;
        }

        await DaprError.WriteInvokeFailureAsync(call.Context, call.Target.AppId, refusal.Error);
    }

    // The caller is still sending. Its bytes are taken, up to a point, so that it gets to read the answer.
    private static async Task EndTooLargeAsync(InvocationCall call, string error)
    {
        const long Patience = 64 * 1024 * 1024;
        var context = call.Context;
        context.Response.Headers.Connection = "close";
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var source = context.Features.GetRequiredFeature<IHttpRequestFeature>().Body;
            source = source is RequestBody limited ? limited.Inner : source;
            for (long taken = 0; taken < Patience;)
            {
                var read = await source.ReadAsync(buffer, context.RequestAborted);
                if (read == 0)
                {
                    break;
                }

                taken += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await DaprError.WriteInvokeFailureAsync(context, call.Target.AppId, error);
    }

    private async Task FinishAsync(InvocationCall call, AttemptResult result)
    {
        var context = call.Context;
        if (result.Committed || result.End == AttemptEnd.CallerLeft)
        {
            if (result.Error is { } late)
            {
                logger.EndedEarly(caller.AppId, call.Target.AppId, late);
            }

            return;
        }

        if (result.End == AttemptEnd.Answered)
        {
            context.Response.ContentLength = call.PendingBody.Length;
            if (call.Verb == HttpMethod.Head || call.PendingBody.Length == 0)
            {
                await context.Response.CompleteAsync();
                return;
            }

            await context.Response.Body.WriteAsync(call.PendingBody, context.RequestAborted);
            return;
        }

        logger.CallFailed(caller.AppId, call.Target.AppId, result.Error ?? "");
        context.Response.Headers.Clear();
        ResponseDefaults.Set(context, caller.Tracing, call.Trace);
        if (call.BodyTooLarge)
        {
            logger.BodyTooLong(caller.AppId, call.Target.AppId, caller.Options.MaxBodySize);
            await EndTooLargeAsync(call, result.Error ?? "");
            return;
        }

        await DaprError.WriteInvokeFailureAsync(context, call.Target.AppId, result.Error ?? "");
    }
}
