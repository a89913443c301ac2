namespace LlmDapr.Sidecar.Api;

/// <summary>The gRPC API's answer to every call: UNIMPLEMENTED.</summary>
internal static class GrpcRefusal
{
    /// <summary>Refuses a call.</summary>
    public static Task WriteAsync(HttpContext context, ILogger logger)
    {
        logger.GrpcNotServed(context.Request.Path.Value ?? "");
        var response = context.Response;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = "12";
        response.Headers["grpc-message"] = $"{context.Request.Path.Value}: not served by the development sidecar";
        return Task.CompletedTask;
    }
}
