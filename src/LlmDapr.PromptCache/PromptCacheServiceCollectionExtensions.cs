using Microsoft.Extensions.DependencyInjection;

namespace LlmDapr.PromptCache;

/// <summary>Registers the prompt cache.</summary>
public static class PromptCacheServiceCollectionExtensions
{
    /// <summary>Adds <see cref="AnswerCache"/>. Needs a <c>DaprClient</c>, a <see cref="TimeProvider"/>, logging and metrics.</summary>
    public static IServiceCollection AddPromptCache(this IServiceCollection services)
    {
        services.AddSingleton<AnswerCache>();
        return services;
    }
}
