namespace LlmDapr.Edge.Models;

internal static class ModelsServiceCollectionExtensions
{
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddSingleton<ModelSnapshot>();
        services.AddHostedService(provider => provider.GetRequiredService<ModelSnapshot>());
        return services;
    }
}
