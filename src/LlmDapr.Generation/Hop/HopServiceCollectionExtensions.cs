using LlmDapr.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmDapr.Generation.Hop;

internal static class HopServiceCollectionExtensions
{
    public static IServiceCollection AddHop(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddAppToken(configuration);
        services.AddSingleton<HopCall>();

        // HopCall has the limit, so that a refusal is an answer in the hop's framing.
        services.AddOptions<KestrelServerOptions>().Configure(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        return services;
    }
}
