using System.Net;
using LlmDapr.Samples.EventCaller.Answers;
using LlmDapr.Samples.EventCaller.Asking;

namespace LlmDapr.Samples.EventCaller;

/// <summary>
/// A Dapr app that asks an LLM by events: it publishes requests and subscribes to results. It knows LlmDapr by a broker's name, two topics and the form of their
/// events; nothing here calls it.
/// </summary>
internal static class EventCallerApp
{
    /// <summary>The app-id, and so the source of its events.</summary>
    public const string AppId = "event-caller";

    /// <summary>Where it listens when nothing else says so.</summary>
    public const int DefaultPort = 5100;

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

        builder.Services.AddDaprClient();
        builder.Services.AddSingleton<AnswerList>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswersJsonContext.Default));
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapAsking();
        app.MapAnswers();

        // GET /dapr/subscribe, which the sidecar asks for once: it lists the endpoints that have a topic. UseCloudEvents is left out: it would take the
        // envelope away, and with it the id by which a repeated event is known.
        app.MapSubscribeHandler();
        return app;
    }
}
