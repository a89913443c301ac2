using LlmDapr.Sidecar.Health;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.Metadata;
using LlmDapr.Sidecar.PubSub.Publishing;
using LlmDapr.Sidecar.State;
using LlmDapr.Sidecar.Telemetry;
using LlmDapr.Sidecar.Tokens;
using Microsoft.AspNetCore.Http.Features;

namespace LlmDapr.Sidecar.Api;

/// <summary>The HTTP API of one sidecar: daprd's own routes first, everything else is service invocation.</summary>
internal sealed class SidecarApi(
    SidecarInstance sidecar, Invoker invoker, MetadataStore metadata, StateApi state, PublishApi publish, ILogger logger)
{
    // Go's server takes this much more than its setting before it refuses a head.
    private const int HeadSlack = 4096;

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (RequestHead.Size(context.Request, raw) > sidecar.Options.ReadBufferSize + HeadSlack)
        {
            await DaprError.WriteRefusalAsync(context, StatusCodes.Status431RequestHeaderFieldsTooLarge, "431 Request Header Fields Too Large");
            return;
        }

        if (raw == "*")
        {
            context.Response.ContentLength = 0;
            return;
        }

        if (!RequestTarget.TryParse(raw, out var target))
        {
            await DaprError.WriteRefusalAsync(context, StatusCodes.Status400BadRequest, "400 Bad Request");
            return;
        }

        var isHealth = target.RoutePath is "/v1.0/healthz" or "/v1.0/healthz/outbound" or "/healthz";
        var trace = TraceContext.Of(context.Request.Headers, sidecar.Tracing);
        if (!isHealth)
        {
            if (trace.BadBaggage is { } member)
            {
                await DaprError.WriteTextAsync(context, StatusCodes.Status400BadRequest, $"invalid baggage header: invalid baggage list-member: \"{member}\"");
                return;
            }

            ResponseDefaults.Set(context, sidecar.Tracing, trace);
        }

        if (!isHealth && !ApiToken.Accepts(sidecar.Options.DaprApiToken, context.Request.Headers))
        {
            await DaprError.WriteTextAsync(context, StatusCodes.Status401Unauthorized, "invalid api token");
            return;
        }

        if (sidecar.Options.EnableApiLogging)
        {
            logger.ApiCall(sidecar.AppId, context.Request.Method, target.RoutePath);
        }

        await RouteAsync(context, target, trace);
    }

    private Task RouteAsync(HttpContext context, RequestTarget target, TraceContext trace)
    {
        var method = context.Request.Method;
        var path = target.RoutePath;
        if (!path.StartsWith("/v1.0", StringComparison.Ordinal))
        {
            return invoker.InvokeAsync(context, target, trace);
        }

        switch (path)
        {
            case "/v1.0/healthz" when HttpMethods.IsGet(method):
                return HealthAnswer.WriteAsync(context, sidecar);
            case "/v1.0/healthz/outbound" when HttpMethods.IsGet(method):
                return HealthAnswer.WriteOutboundAsync(context, sidecar);
            case "/v1.0/metadata" when HttpMethods.IsGet(method):
                return metadata.WriteAsync(context);
            case "/v1.0/shutdown" when HttpMethods.IsPost(method):
                return ShutdownAsync(context);
        }

        if (HttpMethods.IsPut(method) && MetadataStore.KeyOf(context, target) is { } key)
        {
            return metadata.SetAsync(context, key);
        }

        if (StateRoute.Find(method, target) is { } route)
        {
            return state.HandleAsync(context, route, target.Query);
        }

        if (PublishApi.IsPublish(method, path))
        {
            return publish.HandleAsync(context, target, trace);
        }

        if (!path.StartsWith("/v1.0/invoke/", StringComparison.Ordinal) && OtherApis.Find(method, path) is { } api)
        {
            logger.NotServed(sidecar.AppId, method, path, api.Name);
            return DaprError.WriteAsync(context, StatusCodes.Status501NotImplemented, api.Code, $"{api.Name}: not served by the development sidecar; use daprd for it");
        }

        return invoker.InvokeAsync(context, target, trace);
    }

    private Task ShutdownAsync(HttpContext context)
    {
        logger.ShutdownRequested(sidecar.AppId);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.OnCompleted(() =>
        {
            sidecar.BeginShutdown();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }
}
