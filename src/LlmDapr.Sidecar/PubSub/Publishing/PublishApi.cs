using System.Buffers;
using System.Text;
using LlmDapr.Sidecar.Api;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Invocation;
using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.PubSub.Publishing;

/// <summary><c>POST</c> and <c>PUT /v1.0/publish/{pubsub}/{topic}</c>.</summary>
internal sealed class PublishApi(SidecarInstance sidecar)
{
    private const string Route = "/v1.0/publish/";

    // A caller with a body over the limit is still sending: so much of it is taken, so that it gets to read the answer.
    private const long Patience = 64 * 1024 * 1024;

    /// <summary>Whether a request is a publish. A topic may have slashes; bulk publish is another route.</summary>
    public static bool IsPublish(string method, string path) =>
        (HttpMethods.IsPost(method) || HttpMethods.IsPut(method))
        && path.StartsWith(Route, StringComparison.Ordinal)
        && path.IndexOf('/', Route.Length) is >= 0 and var slash
        && !(path.AsSpan(Route.Length, slash - Route.Length) is "bulk" && path.IndexOf('/', slash + 1) >= 0);

    /// <summary>Answers a publish.</summary>
    public async Task HandleAsync(HttpContext context, RequestTarget target, TraceContext trace)
    {
        var slash = target.RoutePath.IndexOf('/', Route.Length);
        var pubSub = GoPath.ToText(target.RoutePath[Route.Length..slash]);
        var topic = GoPath.ToText(target.RoutePath[(slash + 1)..]);
        var metadata = PublishMetadata.OfQuery(target.Query);
        trace = trace.ForPublish(context.Request.Headers, sidecar.Tracing);
        ResponseDefaults.Set(context, sidecar.Tracing, trace);
        try
        {
            var refusal = sidecar.Publisher.FindRefusal(pubSub, topic, metadata) ?? await PublishAsync(context, pubSub, topic, metadata, trace);
            if (refusal is not null)
            {
                await WriteAsync(context, refusal);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: there is nobody to answer.
        }
    }

    private async Task<PublishRefusal?> PublishAsync(
        HttpContext context, string pubSub, string topic, Dictionary<string, string> metadata, TraceContext trace)
    {
        if (await ReadBodyAsync(context) is not { } body)
        {
            context.Response.Headers.Connection = "close";
            return PublishErrors.Failed(pubSub, topic, "stream too large");
        }

        var call = new PublishCall(pubSub, topic, body, context.Request.ContentType ?? "", metadata, trace);
        return await sidecar.Publisher.PublishAsync(call, context.RequestAborted);
    }

    // Null when it is longer than the sidecar takes.
    private async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        var limit = sidecar.Options.MaxBodySize;
        var request = context.Request;
        if (request.ContentLength is { } length && length <= limit)
        {
            var whole = GC.AllocateUninitializedArray<byte>((int)length);
            await request.Body.ReadExactlyAsync(whole, context.RequestAborted);
            return whole;
        }

        var body = new ArrayBufferWriter<byte>();
        var taken = 0L;
        while (taken < Patience && await request.Body.ReadAsync(body.GetMemory(16 * 1024), context.RequestAborted) is > 0 and var read)
        {
            taken += read;
            if (taken <= limit)
            {
                body.Advance(read);
            }
        }

        return taken <= limit ? body.WrittenMemory : (ReadOnlyMemory<byte>?)null;
    }

    private static Task WriteAsync(HttpContext context, PublishRefusal refusal)
    {
        var body = new StringBuilder($"{{\"errorCode\":{DaprError.Quote(refusal.ErrorCode)},\"message\":{DaprError.Quote(refusal.Message)}");
        if (refusal.HttpStatus != StatusCodes.Status501NotImplemented)
        {
            body.Append(",\"details\":[");
            if (refusal.Resource is { } resource)
            {
                body.Append($"{{\"@type\":\"type.googleapis.com/google.rpc.ResourceInfo\",\"description\":{DaprError.Quote(refusal.Message)},\"owner\":\"\",\"resource_name\":{DaprError.Quote(resource)},\"resource_type\":\"pubsub\"}},");
            }

            body.Append("{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"domain\":\"dapr.io\",\"metadata\":{")
                .AppendJoin(',', refusal.ErrorMetadata.Select(pair => $"{DaprError.Quote(pair.Key)}:{DaprError.Quote(pair.Value)}"))
                .Append($"}},\"reason\":{DaprError.Quote(refusal.Reason)}}}]");
        }

        var bytes = Encoding.UTF8.GetBytes(body.Append('}').ToString());
        var response = context.Response;
        response.StatusCode = refusal.HttpStatus;
        response.ContentType = "application/json";
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
