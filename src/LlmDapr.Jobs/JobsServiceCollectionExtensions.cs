using Dapr.Client;
using LlmDapr.Jobs.DeadLetters;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LlmDapr.Jobs;

/// <summary>Adds jobs to a service.</summary>
public static class JobsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="JobStore"/>: submit, ask, cancel. Needs a <see cref="DaprClient"/> and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<JobsOptions>().BindConfiguration(JobsOptions.SectionName);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobsOptions>, JobsOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JobsOptions>, JobsOptionsCrossValidator>());
        services.TryAddSingleton<StateDocuments>();
        services.TryAddSingleton<JobDocuments>();
        services.TryAddSingleton<JobPublisher>();
        services.TryAddSingleton<LostMessages>();
        services.TryAddSingleton<JobMetrics>();
        services.TryAddSingleton(provider => new DeadLetterStore(
            provider.GetRequiredService<StateDocuments>(),
            provider.GetRequiredService<JobPublisher>(),
            provider.GetRequiredService<IOptions<JobsOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new JobStore(
            provider.GetRequiredService<JobDocuments>(),
            provider.GetRequiredService<JobPublisher>(),
            provider.GetRequiredService<LostMessages>(),
            provider.GetRequiredService<JobMetrics>(),
            provider.GetRequiredService<IOptions<JobsOptions>>(),
            provider.GetRequiredService<TimeProvider>()));
        return services;
    }
}
