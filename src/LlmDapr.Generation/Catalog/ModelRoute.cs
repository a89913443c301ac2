using LlmDapr.Contracts.Hop;
using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>The targets of one model or pattern, the preferred one first. A target without a model of its own takes the name that was asked for.</summary>
internal sealed record ModelRoute(string Id, IReadOnlyList<(Provider Provider, string? Model)> Targets, int? ContextLength)
{
    /// <summary>Changes when another model would answer under this name.</summary>
    public string Identity { get; } = string.Join(',', Targets.Select(target => $"{target.Provider.Name}/{target.Model ?? "*"}"));

    public bool IsPattern => Id.EndsWith('*');

    public string Prefix => Id[..^1];

    /// <summary>Rank and weight of each target, in the order of <see cref="Targets"/>. Default: each the fallback of the one before.</summary>
    public IReadOnlyList<(int Rank, double Weight)> Shares { get; init; } = [.. Targets.Select((_, index) => (index, 1.0))];

    /// <summary>How a stream that breaks is finished.</summary>
    public StreamRecovery Recovery { get; init; }

    /// <summary>How answers are cached; null for the default.</summary>
    public CachePolicy? Cache { get; init; }

    /// <summary>The model to ask when the context is too long.</summary>
    public string? LargerModel { get; init; }

    public IReadOnlyList<Target> For(string model) => [.. Targets.Select(target => new Target(target.Provider, target.Model ?? model))];

    /// <summary>The route for a name that was asked for.</summary>
    public RoutedModel Routed(string model) => new(
        [.. For(model).Zip(Shares, (target, share) => new RoutedTarget(target, share.Rank, share.Weight)).OrderBy(target => target.Rank)],
        Recovery,
        LargerModel);
}
