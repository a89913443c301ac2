using LlmDapr.Contracts.Hop;
using Yarp.ReverseProxy.Forwarder;

namespace LlmDapr.Benchmarks.Invocation;

/// <summary>The app behind every route, and the forwarder that the sidecar is compared with.</summary>
internal static class LoopbackServers
{
    private static readonly byte[] Answer = new byte[1024];

    public static Uri AddressOf(WebApplication server) => new(server.Urls.Single());

    /// <summary>Takes a body and answers with 1 KB of known length.</summary>
    public static async Task<WebApplication> AppAsync()
    {
        var app = Builder().Build();
        app.MapPost(HopRoutes.ChatCompletions, async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer, context.RequestAborted);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Nothing but YARP's forwarder.</summary>
    public static async Task<WebApplication> ForwarderAsync(Uri target)
    {
        var builder = Builder();
        builder.Services.AddHttpForwarder();
        var app = builder.Build();
        app.MapForwarder("/{**rest}", target.ToString());
        await app.StartAsync();
        return app;
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }
}
