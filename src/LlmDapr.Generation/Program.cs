using LlmDapr.Contracts;
using LlmDapr.Generation.Attempts;
using LlmDapr.Generation.Calls;
using LlmDapr.Generation.Catalog;
using LlmDapr.Generation.Hop;
using LlmDapr.Generation.Providers;
using LlmDapr.ServiceDefaults;

// Settings lie beside the program, wherever it is started from.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

// What both services have alike: where it listens, health, telemetry, the Dapr client.
builder.AddServiceDefaults(AppIds.Generation, AppPorts.Generation);

// Which models there are, and where they lead.
builder.Services.AddCatalog();
builder.Services.AddProviders();

// One call: its clock, its attempts, and the framing in which edge gets the answer.
builder.Services.AddCalls();
builder.Services.AddAttempts();
builder.Services.AddHop(builder.Configuration);

var app = builder.Build();
app.MapServiceDefaults();
app.MapHop();
app.Run();
