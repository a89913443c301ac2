namespace LlmDapr.Edge.Callers;

internal static class CallersServiceCollectionExtensions
{
    public static IServiceCollection AddCallers(this IServiceCollection services) => services.AddSingleton<TenantReader>().AddSingleton<CallerReader>();
}
