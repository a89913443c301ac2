using LlmDapr.PromptCache.Freshness;
using LlmDapr.PromptCache.Purging;
using LlmDapr.PromptCache.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LlmDapr.PromptCache;

/// <summary>Registers the prompt cache.</summary>
public static class PromptCacheServiceCollectionExtensions
{
    /// <summary>Adds <see cref="AnswerCache"/>. Needs a <c>DaprClient</c>, a <see cref="TimeProvider"/>, logging and metrics.</summary>
    public static IServiceCollection AddPromptCache(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<CacheOptions>()
            .BindConfiguration(CacheOptions.SectionName)
            .Configure<IConfiguration>((options, configuration) => options.Tenants = TenantOverrides.Read(configuration.GetSection($"{CacheOptions.SectionName}:Tenants")));
        services.AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsValidator>();
        services.AddSingleton<IValidateOptions<CacheOptions>, CacheOptionsCrossValidator>();
        services.AddSingleton<CacheMetrics>();
        services.AddSingleton<StoreHealth>();
        services.AddSingleton<PurgeEpochs>();
        services.AddHostedService<PurgeWatch>();
        services.AddSingleton<CachePlanner>();
        services.AddSingleton<FreshnessRule>();
        services.AddSingleton<MemoryLevel>();
        services.AddSingleton<StateLevel>();
        services.AddSingleton<StateWriter>();
        services.AddHostedService(provider => provider.GetRequiredService<StateWriter>());
        services.AddSingleton<KeptAnswers>();
        services.AddSingleton(provider => new AnswerCache(
            provider.GetRequiredService<CachePlanner>(),
            provider.GetRequiredService<KeptAnswers>(),
            provider.GetRequiredService<PurgeEpochs>(),
            provider.GetRequiredService<CacheMetrics>()));
        return services;
    }
}
