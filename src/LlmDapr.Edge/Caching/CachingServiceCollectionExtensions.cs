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
        services.AddFlights(provider =>
        {
            var forwarding = provider.GetRequiredService<IOptions<ForwardingOptions>>().Value;
            return new FlightOptions(forwarding.MaxAnswerBytes) { DeadlineGrace = forwarding.DeadlineGrace };
        });
        services.AddSingleton<StreamFollower>();
        services.AddSingleton<CacheRefresher>();
        services.AddSingleton<CachedCompletions>();
        services.AddSingleton<CachePurge>();
        return services;
    }
}
