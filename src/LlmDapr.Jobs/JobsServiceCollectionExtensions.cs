using Dapr.Client;
using LlmDapr.Jobs.DeadLetters;
using LlmDapr.Jobs.Publishing;
using LlmDapr.Jobs.Store;
using LlmDapr.Jobs.Telemetry;
using LlmDapr.Jobs.Workers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
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

    /// <summary>Adds <see cref="JobWorker"/>: claim, finish, give back; and this process's life as a worker.</summary>
    public static IServiceCollection AddJobWorker(this IServiceCollection services)
    {
        services.AddJobs();
        services.TryAddSingleton<WorkerRegistry>();
        services.TryAddSingleton<WorkerWatch>();
        services.TryAddSingleton<TakeOver>();
        services.TryAddSingleton<JobReplies>();
        services.TryAddSingleton<Insistence>();
        services.TryAddSingleton<UnsureClaims>();
        services.TryAddSingleton<WorkerLife>();
        services.TryAddSingleton<WorkerParts>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerLife>());
        services.TryAddSingleton(provider => new JobWorker(
            provider.GetRequiredService<WorkerParts>(),
            provider.GetRequiredService<IOptions<JobsOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<JobWorker>>()));
        return services;
    }
}
