using LlmDapr.Contracts;
using LlmDapr.ServiceDefaults.Health;
using LlmDapr.ServiceDefaults.Proxies;
using LlmDapr.ServiceDefaults.Sidecars;
using LlmDapr.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LlmDapr.ServiceDefaults;

/// <summary>What both services have alike: where they listen, their log's form, telemetry, health and the Dapr client.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds the defaults of a service.</summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="appId">Its Dapr app-id, also its name in traces.</param>
    /// <param name="ports">Where it listens when nothing else says so.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string appId, AppPorts ports)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(ports);

        builder.ListenWhereTold(ports.App);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

        // Whoever asks /readyz gets the reason; an error in the log for each question, while a service is starting, says nothing more.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        LoopbackPastProxy.Install();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<InFlight>();
        builder.Services.AddDaprClient(dapr => dapr.UseGrpcChannelOptions(SidecarChannel.Options()));
        builder.Services.AddServiceTelemetry(appId);
        builder.Services.AddServiceHealth();
        return builder;
    }

    /// <summary>Maps <c>/healthz</c> (self), <c>/readyz</c> (self and sidecar) and <c>/metrics</c>.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        // Created now, so that the gauge is there before the first request.
        app.Services.GetRequiredService<InFlight>();
        app.MapServiceHealth();
        app.MapPrometheusScrapingEndpoint("/metrics");
        return app;
    }

    // APP_PORT is what `dapr run` tells an app; ASP.NET's own settings win, since a container sets them.
    private static void ListenWhereTold(this WebApplicationBuilder builder, int defaultPort)
    {
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        var configuration = builder.Configuration;
        if (string.IsNullOrEmpty(configuration[WebHostDefaults.ServerUrlsKey]) && string.IsNullOrEmpty(configuration["HTTP_PORTS"]))
        {
            var port = configuration["APP_PORT"] is { Length: > 0 } told ? told : defaultPort.ToString(System.Globalization.CultureInfo.InvariantCulture);
            builder.WebHost.UseUrls($"http://localhost:{port}");
        }
    }
}
