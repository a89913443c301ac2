namespace LlmDapr.Contracts.Hop;

/// <summary>Generation's table of models, as it is served on the hop. Source: configuration and what the providers list.</summary>
/// <param name="Models">The models with a name.</param>
/// <param name="Patterns">Prefixes under which any name is taken, the longest first.</param>
/// <param name="AnyName">The identity of the provider that lists no models and so must judge a name itself; null when there is none.</param>
public sealed record ModelTable(IReadOnlyList<ModelEntry> Models, IReadOnlyList<ModelPattern> Patterns, string? AnyName)
{
    /// <summary>A table without models.</summary>
    public static readonly ModelTable Empty = new([], [], null);

    /// <summary>Whether a request for this name has somewhere to go.</summary>
    public bool Serves(string name) => Find(name) is not null;

    /// <summary>What answers under this name; null when nobody does.</summary>
    public ServedModel? Find(string name)
    {
        foreach (var model in Models)
        {
            if (string.Equals(model.Id, name, StringComparison.Ordinal))
            {
                return new ServedModel(model.Identity, model.Cache);
            }
        }

        foreach (var pattern in Patterns)
        {
            if (name.StartsWith(pattern.Prefix, StringComparison.Ordinal))
            {
                return new ServedModel(pattern.Identity, pattern.Cache);
            }
        }

        return AnyName is null ? null : new ServedModel(AnyName, null);
    }
}
