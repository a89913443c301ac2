using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LlmDapr.Edge.Completions;

internal static class CompletionsServiceCollectionExtensions
{
    public static IServiceCollection AddCompletions(this IServiceCollection services)
    {
        services.AddSingleton<AnswerRelay>();
        services.AddSingleton<CompletionHandler>();

        // The handler has the limit, so that a body over it gets OpenAI's error object.
        services.AddOptions<KestrelServerOptions>().Configure(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        return services;
    }
}
