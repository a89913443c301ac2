using LlmDapr.Jobs;

namespace LlmDapr.Edge.Jobs;

internal static class AsyncJobsServiceCollectionExtensions
{
    public static IServiceCollection AddAsyncJobs(this IServiceCollection services)
    {
        services.AddJobs();
        services.AddSingleton<JobView>();
        services.AddSingleton<AsyncJobHandler>();
        return services;
    }
}
