using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Providers;
using Microsoft.Extensions.Options;

namespace LlmDapr.Generation.Catalog;

/// <summary>Holds the catalog of now. Reads take no lock; a provider's new list builds a new catalog.</summary>
internal sealed class CatalogStore
{
    private readonly Lock _lock = new();
    private readonly IReadOnlyList<ModelRoute> _configured;
    private readonly Dictionary<Provider, ListedModels?> _listed;
    private readonly long _startedAt;
    private ModelCatalog _current;

    public CatalogStore(IOptions<CatalogOptions> options, ProviderSet providers, TimeProvider time)
    {
        _configured = [.. options.Value.Models.Select(model => new ModelRoute(
            model.Id!,
            [.. model.Targets.Select(target => (providers[target.Provider!], target.Model))],
            model.ContextLength)
        {
            Shares = [.. model.Targets.Select((target, index) => (target.Rank ?? index, target.Weight))],
            Recovery = model.Recovery,
            LargerModel = model.LargerModel,
            Cache = model.Cache is { } cache ? new CachePolicy(cache.Mode, (int?)cache.Ttl?.TotalSeconds, (int?)cache.StaleWhileRevalidate?.TotalSeconds) : null,
        })];
        _listed = providers
            .Where(provider => provider.ListModels ?? !_configured.Any(route => !route.IsPattern && route.Targets.Any(target => target.Provider == provider)))
            .ToDictionary(provider => provider, _ => (ListedModels?)null);
        _startedAt = time.GetUtcNow().ToUnixTimeSeconds();
        _current = new ModelCatalog(_configured, _listed, _startedAt);
    }

    /// <summary>The catalog of now.</summary>
    public ModelCatalog Current => Volatile.Read(ref _current);

    /// <summary>The providers that are to be asked for their models.</summary>
    public IReadOnlyCollection<Provider> Listing => _listed.Keys;

    /// <summary>Whether each of them has answered once.</summary>
    public bool HasListedAll
    {
        get
        {
            lock (_lock)
            {
                return _listed.Values.All(list => list is not null);
            }
        }
    }

    /// <summary>A target's model as a metric may name it.</summary>
    public string LabelOf(Target target) => Current.LabelOf(target);

    /// <summary>A model's name as a metric may have it.</summary>
    public string LabelOf(string model) => Current.LabelOf(model);

    /// <summary>Takes a provider's list.</summary>
    public void Update(ListedModels list)
    {
        lock (_lock)
        {
            _listed[list.Provider] = list;
            Volatile.Write(ref _current, new ModelCatalog(_configured, _listed, _startedAt));
        }
    }
}
