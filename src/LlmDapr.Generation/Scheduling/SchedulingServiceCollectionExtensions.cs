using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Scheduling;

internal static class SchedulingServiceCollectionExtensions
{
    public static IServiceCollection AddScheduling(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<SchedulingOptions>().BindConfiguration(SchedulingOptions.SectionName);
        services.AddSingleton<IValidateOptions<SchedulingOptions>, SchedulingOptionsValidator>();
        services.AddSingleton<IValidateOptions<SchedulingOptions>, SchedulingOptionsCrossValidator>();
        services.AddSingleton<TokenEstimator>();
        services.AddSingleton<SchedulingMetrics>();
        services.AddSingleton<Scheduler>();
        return services;
    }
}
