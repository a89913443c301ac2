using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace LlmDapr.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    private static readonly string[] Quiet = ["/healthz", "/readyz", "/metrics"];

    /// <summary>Metrics always (Prometheus reads them at <c>/metrics</c>); traces, and metrics once more, to OTLP where an endpoint is set.</summary>
    public static IServiceCollection AddServiceTelemetry(this IServiceCollection services, string appId)
    {
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(appId, serviceNamespace: "llmdapr"))
            .WithMetrics(metrics => metrics
                .AddMeter("LlmDapr.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter())
            .WithTracing(traces => traces
                .AddSource("LlmDapr.*")
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !Quiet.Contains(context.Request.Path.Value))
                .AddHttpClientInstrumentation());

        if (Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 })
        {
            telemetry.UseOtlpExporter();
        }

        return services;
    }
}
