using LlmDapr.Contracts;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Hop;
using LlmDapr.Generation.Jobs;
using LlmDapr.Generation.Providers;
using LlmDapr.Generation.Recovery;
using LlmDapr.Generation.Scheduling;
using LlmDapr.Generation.Telemetry;
using LlmDapr.ServiceDefaults;

namespace LlmDapr.Generation;

/// <summary>The service as a web application, for its own process and for tests that run it in theirs.</summary>
internal static class GenerationApp
{
    /// <param name="args">The command line: any configuration key.</param>
    /// <param name="configure">Runs last before the application is built; what it registers wins.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // What both services have alike: where it listens, health, telemetry, the Dapr client.
        builder.AddServiceDefaults(AppIds.Generation, AppPorts.Generation);

        // Which models there are, and where they lead.
        builder.Services.AddCatalog();
        builder.Services.AddProviders();

        // One call: its clock, its attempts, and the framing in which edge gets the answer.
        builder.Services.AddCalls();
        builder.Services.AddScheduling();
        builder.Services.AddAttempts();
        builder.Services.AddRecovery();
        builder.Services.AddAttemptTelemetry();
        builder.Services.AddHop(builder.Configuration);

        // Work that nobody waits for: jobs and events, with what interactive callers leave over.
        builder.Services.AddJobRunner();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapHop();
        app.MapJobs();
        return app;
    }
}
