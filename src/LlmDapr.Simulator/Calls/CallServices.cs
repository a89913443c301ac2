using LlmDapr.Simulator.Behaviours;
using LlmDapr.Simulator.Control;
using LlmDapr.Simulator.Limits;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LlmDapr.Simulator.Calls;

/// <summary>What chat and embeddings share.</summary>
internal static class CallServices
{
    public static IServiceCollection AddProviderCalls(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptionsWithValidateOnStart<SimulatorOptions>().BindConfiguration(SimulatorOptions.SectionName);
        services.AddSingleton<IValidateOptions<SimulatorOptions>, SimulatorOptionsValidator>();
        return services
            .AddSingleton<ModelCatalog>()
            .AddSingleton<CallLedger>()
            .AddSingleton<RequestLog>()
            .AddSingleton<Gates>()
            .AddSingleton<RateLimits>()
            .AddSingleton<ConcurrencyCaps>()
            .AddSingleton<ApiKey>()
            .AddSingleton<Admission>()
            .AddSingleton<CallJournal>()
            .AddSingleton<CallFactory>()
            .AddSingleton<PlainBody>()
            .AddSingleton<ProviderCallRunner>();
    }
}
