using LlmDapr.Contracts;
using LlmDapr.Edge.Admin;
using LlmDapr.Edge.Caching;
using LlmDapr.Edge.Callers;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.DeadLetters;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Jobs;
using LlmDapr.Edge.Models;
using LlmDapr.Edge.OpenApi;
using LlmDapr.ServiceDefaults;
using LlmDapr.ServiceDefaults.Tokens;

namespace LlmDapr.Edge;

/// <summary>The service as a web application, for its own process and for tests that run it in theirs.</summary>
internal static class EdgeApp
{
    /// <param name="args">The command line: any configuration key.</param>
    /// <param name="configure">Runs last before the application is built; what it registers wins.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        // Settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // What both services have alike: where it listens, health, telemetry, the Dapr client.
        builder.AddServiceDefaults(AppIds.Edge, AppPorts.Edge);

        // Who asks; generation through Dapr; which models it has; the prompt cache; the API itself, the operator's, and their description.
        builder.Services.AddCallers();
        builder.Services.AddForwarding();
        builder.Services.AddModels();
        builder.Services.AddCaching();
        builder.Services.AddCompletions();
        builder.Services.AddAsyncJobs();
        builder.Services.AddAppToken(builder.Configuration);
        builder.Services.AddApiDocument();
        configure?.Invoke(builder);

        var app = builder.Build();

        // Order matters: an id first, so that every answer has one; then errors, around all that can fail.
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<ApiErrorMiddleware>();
        app.MapServiceDefaults();
        app.MapOpenApi();
        app.MapModels();
        app.MapCompletions();
        app.MapAsyncJobs();
        app.MapDeadLetterEvents();
        app.MapSubscribeHandler();
        app.MapAdmin().MapDeadLetters().MapCachePurge();
        return app;
    }
}
