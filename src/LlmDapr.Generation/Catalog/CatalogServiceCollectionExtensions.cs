using LlmDapr.ServiceDefaults.Health;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Catalog;

internal static class CatalogServiceCollectionExtensions
{
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<CatalogOptions>().BindConfiguration(string.Empty);
        services.AddSingleton<IPostConfigureOptions<CatalogOptions>, CatalogOptionsSetup>();
        services.AddSingleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>();
        services.AddSingleton<CatalogStore>();
        services.AddHostedService<ModelListing>();
        services.AddSingleton<CatalogHealthCheck>();
        services.AddHealthChecks().AddCheck<CatalogHealthCheck>("models", tags: [HealthTags.Ready]);
        return services;
    }
}
