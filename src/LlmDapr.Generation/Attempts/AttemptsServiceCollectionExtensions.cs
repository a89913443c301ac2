using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Attempts;

internal static class AttemptsServiceCollectionExtensions
{
    public static IServiceCollection AddAttempts(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<AttemptOptions>().BindConfiguration(AttemptOptions.SectionName);
        services.AddSingleton<IValidateOptions<AttemptOptions>, AttemptOptionsValidator>();
        services.AddSingleton<IValidateOptions<AttemptOptions>, AttemptOptionsCrossValidator>();
        services.TryAddSingleton<Func<double>>(Random.Shared.NextDouble);
        services.AddSingleton<ProviderAttempt>();
        services.AddSingleton<RetryBudget>();
        services.AddSingleton<TargetPipelines>();
        services.AddSingleton<Hedging>();
        services.AddSingleton<AttemptRunner>();
        return services;
    }
}
