namespace LlmDapr.Generation.Providers;

internal static class ProvidersServiceCollectionExtensions
{
    public static IServiceCollection AddProviders(this IServiceCollection services) => services.AddSingleton<ProviderSet>();
}
