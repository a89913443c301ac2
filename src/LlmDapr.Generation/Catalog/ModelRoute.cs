using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>The targets of one model or pattern, the preferred one first. A target without a model of its own takes the name that was asked for.</summary>
internal sealed record ModelRoute(string Id, IReadOnlyList<(Provider Provider, string? Model)> Targets, int? ContextLength)
{
    /// <summary>Changes when another model would answer under this name.</summary>
    public string Identity { get; } = string.Join(',', Targets.Select(target => $"{target.Provider.Name}/{target.Model ?? "*"}"));

    public bool IsPattern => Id.EndsWith('*');

    public string Prefix => Id[..^1];

    public IReadOnlyList<Target> For(string model) => [.. Targets.Select(target => new Target(target.Provider, target.Model ?? model))];
}
