using System.Collections.Frozen;
using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>Which targets a model's name leads to. Immutable: a new one is built when a provider's list changes.</summary>
internal sealed class ModelCatalog
{
    private readonly FrozenDictionary<string, ModelRoute> _named;
    private readonly ModelRoute[] _patterns;
    private readonly Provider? _anyName;
    private readonly FrozenSet<string> _labels;

    /// <param name="configured">Routes of the configuration.</param>
    /// <param name="listed">What providers list; null for one that was not reached yet.</param>
    /// <param name="startedAt">Unix seconds, the age of models that only the configuration knows.</param>
    public ModelCatalog(IReadOnlyList<ModelRoute> configured, IReadOnlyDictionary<Provider, ListedModels?> listed, long startedAt)
    {
        var routes = new Dictionary<string, ModelRoute>(StringComparer.Ordinal);
        var entries = new List<ModelEntry>();
        foreach (var route in configured.Where(route => !route.IsPattern))
        {
            routes[route.Id] = route;
            entries.Add(new ModelEntry(route.Id, startedAt, "llmdapr", route.Identity, route.ContextLength, route.Cache));
        }

        foreach (var list in listed.Values.OfType<ListedModels>())
        {
            foreach (var model in list.Models)
            {
                var route = new ModelRoute(model.Id, [(list.Provider, model.Id)], null);
                if (routes.TryAdd(model.Id, route))
                {
                    entries.Add(new ModelEntry(model.Id, model.Created, model.OwnedBy, route.Identity, null));
                }
            }
        }

        _labels = configured.SelectMany(route => route.Targets).Select(target => target.Model).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
        _named = routes.ToFrozenDictionary(StringComparer.Ordinal);
        _patterns = [.. configured.Where(route => route.IsPattern).OrderByDescending(route => route.Prefix.Length)];

        // A provider that lists nothing, or could not be asked yet, judges names itself.
        _anyName = listed.Where(provider => provider.Value is null or { Models.Count: 0 }).Select(provider => provider.Key).FirstOrDefault();
        Table = new ModelTable(entries, [.. _patterns.Select(route => new ModelPattern(route.Prefix, route.Identity, route.Cache))], _anyName?.Name);
    }

    /// <summary>The table as edge sees it.</summary>
    public ModelTable Table { get; }

    /// <summary>A target's model as a metric may name it: what callers choose freely under a pattern is named by the pattern.</summary>
    public string LabelOf(Target target) => LabelOf(target.Model);

    /// <summary>A model's name, a caller's or a target's, as a metric may have it.</summary>
    public string LabelOf(string model) =>
        _labels.Contains(model) || _named.ContainsKey(model) ? model
        : Array.Find(_patterns, pattern => model.StartsWith(pattern.Prefix, StringComparison.Ordinal))?.Id ?? "other";

    /// <summary>The targets for a name, the preferred one first; empty when nobody serves it.</summary>
    public IReadOnlyList<Target> Resolve(string model) => [.. Route(model)?.Targets.Select(target => target.Target) ?? []];

    /// <summary>Where calls for a name go; null when nobody serves it.</summary>
    public RoutedModel? Route(string model)
    {
        if (_named.TryGetValue(model, out var route))
        {
            return route.Routed(model);
        }

        // Where an address has the model in its path, these two would walk up it, with the operator's key.
        if (model is "." or "..")
        {
            return null;
        }

        var pattern = Array.Find(_patterns, candidate => model.StartsWith(candidate.Prefix, StringComparison.Ordinal));
        return pattern is not null ? pattern.Routed(model)
            : _anyName is not null ? new ModelRoute(model, [(_anyName, null)], null).Routed(model)
            : null;
    }
}
