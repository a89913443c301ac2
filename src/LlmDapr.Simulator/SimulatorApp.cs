using System.Globalization;
using LlmDapr.Contracts;
using LlmDapr.Simulator.Answers;
using LlmDapr.Simulator.Calls;
using LlmDapr.Simulator.Chat;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Embeddings;
using LlmDapr.Simulator.Models;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace LlmDapr.Simulator;

/// <summary>The simulator as a web application, for its own process and for tests that run it in theirs.</summary>
public static class SimulatorApp
{
    private const long MaxRequestBody = 64 * 1024 * 1024;

    /// <summary>
    /// Builds the application without starting it. <c>--urls http://127.0.0.1:0</c> in <paramref name="args"/> takes a free port;
    /// without a URL it listens on <c>APP_PORT</c> of localhost, default 5090.
    /// </summary>
    /// <param name="args">The command line: any configuration key, such as <c>--Simulator:ApiKey=sk-test</c>.</param>
    /// <param name="configure">Runs last before the application is built; a <see cref="TimeProvider"/> registered here is used.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = "LlmDapr.Simulator",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Whoever started the host gets the same exception, and reports it.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;

            // Slow readers are the gateway's business: the simulator must not hang up on them.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });

        // A flush then waits until the kernel has the bytes, so that a fault "after N tokens" comes after exactly N.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxWriteBufferSize = 1);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        UseDefaultUrl(builder);

        builder.Services.AddProviderCalls();
        builder.Services.AddChat();
        configure?.Invoke(builder);

        // The vocabulary takes a while to load: not on the first request's time.
        TokenCounter.Count("ready");
        WebApplication app = builder.Build();
        app.UseMiddleware<ProviderHeaders>();
        app.UseRouting();
        app.MapChat();
        app.MapEmbeddings();
        app.MapModels();
        app.MapControl();
        app.MapGet("/healthz", static () => TypedResults.Ok());
        app.MapGet("/readyz", static () => TypedResults.Ok());
        return app;
    }

    private static void UseDefaultUrl(WebApplicationBuilder builder)
    {
        ConfigurationManager configuration = builder.Configuration;
        if (!string.IsNullOrEmpty(configuration["urls"]) || !string.IsNullOrEmpty(configuration["http_ports"]))
        {
            return;
        }

        string? given = configuration["APP_PORT"];
        int port = AppPorts.Simulator.App;
        if (!string.IsNullOrEmpty(given) && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new InvalidOperationException($"APP_PORT is '{given}': give a port from 1 to 65535, or remove it to listen on {AppPorts.Simulator.App}.");
        }

        builder.WebHost.UseUrls($"http://localhost:{port}");
    }
}
