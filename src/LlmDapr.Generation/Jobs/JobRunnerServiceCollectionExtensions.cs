using LlmDapr.Generation.Calls;
using LlmDapr.Jobs;
using LlmDapr.PromptCache;
using LlmDapr.PromptCache.Flights;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Jobs;

internal static class JobRunnerServiceCollectionExtensions
{
    // What the host does besides waiting for jobs.
    private static readonly TimeSpan RestOfTheStop = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddJobRunner(this IServiceCollection services)
    {
        // The worker's life and what writes the cache first: they have to end after the jobs.
        services.AddJobWorker();
        services.AddPromptCache();
        services.AddFlights(provider => new FlightOptions(provider.GetRequiredService<IOptions<CallOptions>>().Value.MaxAnswerBytes));
        services.AddSingleton<JobSlots>();
        services.AddSingleton<JobAnswers>();
        services.AddSingleton<JobRun>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<JobDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<JobRunner>());
        services.AddOptions<HostOptions>().Configure<IOptions<JobsOptions>>((host, jobs) => host.ShutdownTimeout = jobs.Value.StopTimeout + RestOfTheStop);
        return services;
    }
}
