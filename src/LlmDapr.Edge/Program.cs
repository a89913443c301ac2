using LlmDapr.Contracts;
using LlmDapr.Edge.Callers;
using LlmDapr.Edge.Completions;
using LlmDapr.Edge.Errors;
using LlmDapr.Edge.Forwarding;
using LlmDapr.Edge.Models;
using LlmDapr.Edge.OpenApi;
using LlmDapr.ServiceDefaults;

// Settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

// What both services have alike: where it listens, health, telemetry, the Dapr client.
builder.AddServiceDefaults(AppIds.Edge, AppPorts.Edge);

// Who asks; generation through Dapr; which models it has; the API itself and its description.
builder.Services.AddCallers();
builder.Services.AddForwarding();
builder.Services.AddModels();
builder.Services.AddCompletions();
builder.Services.AddApiDocument();

var app = builder.Build();

// Order matters: an id first, so that every answer has one; then errors, around all that can fail.
app.UseMiddleware<RequestIdMiddleware>();
app.UseMiddleware<ApiErrorMiddleware>();
app.MapServiceDefaults();
app.MapOpenApi();
app.MapModels();
app.MapCompletions();
app.Run();
