namespace LlmDapr.Generation.Attempts;

internal static class AttemptsServiceCollectionExtensions
{
    public static IServiceCollection AddAttempts(this IServiceCollection services) => services.AddSingleton<ProviderAttempt>();
}
