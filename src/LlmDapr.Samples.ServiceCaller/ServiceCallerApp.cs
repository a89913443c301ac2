using System.Net;
using Dapr.Client;
using LlmDapr.Contracts;
using LlmDapr.Samples.ServiceCaller.Asking;

namespace LlmDapr.Samples.ServiceCaller;

/// <summary>A Dapr app that asks an LLM by service invocation: LlmDapr's edge is a name to it, and its own sidecar finds the way.</summary>
internal static class ServiceCallerApp
{
    /// <summary>The app-id.</summary>
    public const string AppId = "service-caller";

    /// <summary>Where it listens when nothing else says so.</summary>
    public const int DefaultPort = 5101;

    /// <param name="args">The command line: any configuration key.</param>
    /// <param name="configure">Runs last before the application is built.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // It talks to its sidecar alone, which is on this machine: never through the environment's proxy.
        HttpClient.DefaultProxy = new WebProxy();
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        if (builder.Configuration[WebHostDefaults.ServerUrlsKey] is null && builder.Configuration["HTTP_PORTS"] is null)
        {
            builder.WebHost.UseUrls($"http://localhost:{builder.Configuration["APP_PORT"] ?? $"{DefaultPort}"}");
        }

        // A client whose requests go to the sidecar (DAPR_HTTP_ENDPOINT, else DAPR_HTTP_PORT), which passes them to `edge`. Its default of 100 s would end a long answer: how long it may
        // take is the request's own affair (x-llmdapr-deadline-ms).
        var edge = DaprClient.CreateInvokeHttpClient(AppIds.Edge, builder.Configuration["DAPR_HTTP_ENDPOINT"]);
        edge.Timeout = Timeout.InfiniteTimeSpan;
        builder.Services.AddSingleton(edge);
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapAsking();
        return app;
    }
}
