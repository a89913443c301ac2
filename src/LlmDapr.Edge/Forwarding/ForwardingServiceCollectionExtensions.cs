using Dapr.Client;
using LlmDapr.Contracts;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Forwarding;

internal static class ForwardingServiceCollectionExtensions
{
    /// <summary>The client that invokes generation.</summary>
    public const string Name = "generation";

    public static IServiceCollection AddForwarding(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<ForwardingOptions>().BindConfiguration(ForwardingOptions.SectionName);
        services.AddSingleton<IValidateOptions<ForwardingOptions>, ForwardingOptionsValidator>();

        // One named client: its handler turns http://generation/x into the sidecar's invocation address.
        services.AddHttpClient(Name, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                UseCookies = false,
                UseProxy = false,
                AllowAutoRedirect = false,

                // The sidecar is on this machine: its address does not change, and a connection is worth keeping.
                PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
                PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
                ConnectTimeout = TimeSpan.FromSeconds(2),

                // An answer that is given up is cut at once: draining it would keep the call at the provider alive for seconds.
                MaxResponseDrainSize = 0,
            })
            .AddHttpMessageHandler(provider => new InvocationHandler { DaprEndpoint = SidecarAddress(provider.GetRequiredService<IConfiguration>()) })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton(provider => new GenerationProbe(Client(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<GenerationGates>();
        services.AddSingleton(provider => new GenerationClient(
            Client(provider),
            provider.GetRequiredService<GenerationGates>(),
            provider.GetRequiredService<ILogger<GenerationClient>>()));
        return services;
    }

    // As the Dapr SDK finds it, but by the address that daprd listens on: "localhost" costs a refused connection to ::1 first.
    private static string SidecarAddress(IConfiguration configuration) =>
        configuration["DAPR_HTTP_ENDPOINT"] is { Length: > 0 } endpoint ? endpoint
        : configuration["DAPR_HTTP_PORT"] is { Length: > 0 } port ? $"http://127.0.0.1:{port}"
        : $"http://127.0.0.1:{AppPorts.Edge.DaprHttp}";

    private static HttpClient Client(IServiceProvider provider) => provider.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
}
