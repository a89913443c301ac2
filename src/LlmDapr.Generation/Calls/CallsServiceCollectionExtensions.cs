using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Calls;

internal static class CallsServiceCollectionExtensions
{
    public static IServiceCollection AddCalls(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<CallOptions>().BindConfiguration(CallOptions.SectionName);
        services.AddSingleton<IValidateOptions<CallOptions>, CallOptionsValidator>();
        services.AddSingleton<CallLedger>();
        services.AddSingleton<CallRunner>();
        return services;
    }
}
