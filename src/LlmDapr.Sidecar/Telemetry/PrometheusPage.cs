using System.Text;
using LlmDapr.Sidecar.Hosting;
using LlmDapr.Sidecar.Resiliency;

namespace LlmDapr.Sidecar.Telemetry;

/// <summary>The metrics of one sidecar in Prometheus' text format.</summary>
internal sealed class PrometheusPage(SidecarInstance sidecar, ResiliencyPolicies policies)
{
    /// <summary>Answers a scrape.</summary>
    public Task WriteAsync(HttpContext context)
    {
        var app = sidecar.AppId.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        var text = $"""
            # HELP llmdapr_in_flight Invocations that have not ended.
            # TYPE llmdapr_in_flight gauge
            llmdapr_in_flight{"{"}app_id="{app}"{"}"} {sidecar.CallsInFlight}
            # HELP dapr_http_server_request_count Invocations that have begun.
            # TYPE dapr_http_server_request_count counter
            dapr_http_server_request_count{"{"}app_id="{app}"{"}"} {sidecar.CallsTotal}
            # HELP dapr_runtime_component_loaded Components that the resource files name.
            # TYPE dapr_runtime_component_loaded gauge
            dapr_runtime_component_loaded{"{"}app_id="{app}"{"}"} {sidecar.Components.Count}

            """;
        var page = new StringBuilder(text.ReplaceLineEndings("\n"));
        BreakerMetrics.Append(page, sidecar.AppId, [.. policies.GetBreakers()]);
        var body = Encoding.UTF8.GetBytes(page.ToString());
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
