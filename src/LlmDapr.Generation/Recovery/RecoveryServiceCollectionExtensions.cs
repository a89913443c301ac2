using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Recovery;

internal static class RecoveryServiceCollectionExtensions
{
    public static IServiceCollection AddRecovery(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<RecoveryOptions>().BindConfiguration(RecoveryOptions.SectionName);
        services.AddSingleton<IValidateOptions<RecoveryOptions>, RecoveryOptionsValidator>();
        services.AddSingleton<RecoveryMetrics>();
        services.AddSingleton<StreamRecoverer>();
        return services;
    }
}
