using LlmDapr.Edge.Forwarding;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Flights;
using Microsoft.Extensions.Options;

namespace LlmDapr.Edge.Caching;

internal static class CachingServiceCollectionExtensions
{
    public static IServiceCollection AddCaching(this IServiceCollection services)
    {
        services.AddPromptCache();
        services.AddFlights(provider => new FlightOptions(provider.GetRequiredService<IOptions<ForwardingOptions>>().Value.MaxAnswerBytes));
        services.AddSingleton<StreamFollower>();
        services.AddSingleton<CacheRefresher>();
        services.AddSingleton<CachedCompletions>();
        services.AddSingleton<CachePurge>();
        return services;
    }
}
