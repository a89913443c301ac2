using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Catalog;

/// <summary>Adds the provider <c>openai</c> from the variables that every OpenAI SDK reads, so that a key alone is a configuration.</summary>
internal sealed class CatalogOptionsSetup(IConfiguration configuration) : IPostConfigureOptions<CatalogOptions>
{
    public const string ProviderName = "openai";
    public const string KeyVariable = "OPENAI_API_KEY";
    public const string BaseUrlVariable = "OPENAI_BASE_URL";
    private const string DefaultEndpoint = "https://api.openai.com/v1";

    public void PostConfigure(string? name, CatalogOptions options)
    {
        var hasKey = !string.IsNullOrWhiteSpace(configuration[KeyVariable]);
        var baseUrl = configuration[BaseUrlVariable];
        if (options.Providers.ContainsKey(ProviderName) || !(hasKey || !string.IsNullOrWhiteSpace(baseUrl)))
        {
            return;
        }

        options.Providers[ProviderName] = new ProviderOptions
        {
            Endpoint = string.IsNullOrWhiteSpace(baseUrl) ? DefaultEndpoint : baseUrl,
            ApiKeyEnv = hasKey ? KeyVariable : null,
        };
    }
}
