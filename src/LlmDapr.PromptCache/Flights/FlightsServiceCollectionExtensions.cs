using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmDapr.PromptCache.Flights;

/// <summary>Registers the single flight.</summary>
public static class FlightsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="FlightTable"/>, which keeps answers in <see cref="AnswerCache"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">Makes the bounds, which belong to whoever makes the calls.</param>
    public static IServiceCollection AddFlights(this IServiceCollection services, Func<IServiceProvider, FlightOptions> options)
    {
        services.AddSingleton(provider =>
        {
            var cache = provider.GetRequiredService<AnswerCache>();
            return new FlightTable(
                cache.LookupAsync,
                cache.Store,
                cache.CountShared,
                options(provider),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<FlightTable>>());
        });
        return services;
    }
}
