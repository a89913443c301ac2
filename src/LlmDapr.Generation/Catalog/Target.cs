using LlmDapr.Generation.Providers;

namespace LlmDapr.Generation.Catalog;

/// <summary>Where a call can go: a provider and the model's name there.</summary>
internal sealed record Target(Provider Provider, string Model)
{
    public override string ToString() => $"{Provider.Name}/{Model}";
}
