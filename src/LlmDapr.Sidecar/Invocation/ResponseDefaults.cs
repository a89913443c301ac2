using LlmDapr.Sidecar.Telemetry;

namespace LlmDapr.Sidecar.Invocation;

/// <summary>The headers that each answer of a sidecar carries.</summary>
internal static class ResponseDefaults
{
    /// <summary>Sets the trace headers; an app's own ones replace them.</summary>
    public static void Set(HttpContext context, Tracing tracing, TraceContext trace)
    {
        if (tracing == Tracing.Off)
        {
            return;
        }

        var headers = context.Response.Headers;
        headers["Traceparent"] = trace.Traceparent;
        if (trace.Tracestate.Count > 0)
        {
            headers["Tracestate"] = trace.Tracestate;
        }

        if (trace.Baggage.Count > 0)
        {
            headers["Baggage"] = trace.Baggage;
        }
    }
}
