namespace LlmDapr.Edge.Admin;

internal static class AdminServiceCollectionExtensions
{
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton<AdminKey>().AddSingleton<CachePurge>();
}
