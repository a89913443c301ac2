using LlmDapr.Jobs;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

internal static class JobRunnerServiceCollectionExtensions
{
    // What the host does besides waiting for jobs.
    private static readonly TimeSpan RestOfTheStop = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddJobRunner(this IServiceCollection services)
    {
        // The worker's life first: it has to end after the jobs.
        services.AddJobWorker();
        services.AddSingleton<JobSlots>();
        services.AddSingleton<JobRun>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<JobDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddOptions<HostOptions>().Configure<IOptions<JobsOptions>>((host, jobs) => host.ShutdownTimeout = jobs.Value.StopTimeout + RestOfTheStop);
        return services;
    }
}
