using System.Collections;
using LlmDapr.Generation.Catalog;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Providers;

/// <summary>The configured providers by name.</summary>
internal sealed class ProviderSet : IEnumerable<Provider>, IDisposable
{
    private readonly Dictionary<string, Provider> _providers;

    public ProviderSet(IOptions<CatalogOptions> options, IConfiguration configuration) =>
        _providers = options.Value.Providers.ToDictionary(
            provider => provider.Key,
            provider => new Provider(provider.Key, provider.Value, ProviderKey.Read(provider.Value, configuration)),
            StringComparer.OrdinalIgnoreCase);

    public Provider this[string name] => _providers[name];

    public IEnumerator<Provider> GetEnumerator() => _providers.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        foreach (var provider in _providers.Values)
        {
            provider.Dispose();
        }
    }
}
